import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isCleanText } from "../../../installer/systemd/bytes.ts";
import { writeEnvironment } from "../../../installer/systemd/environment.ts";
import { writeExecValue } from "../../../installer/systemd/exec-command.ts";
import {
  escapeToInstance,
  escapeUnitPart,
  escapeUnitPath,
  unescapeUnitPart,
  unescapeUnitPath,
  unitNameOfPath,
} from "../../../installer/systemd/unit-escape.ts";
import { UnitFile } from "../../../installer/systemd/unit-file.ts";
import { readTimeSpan } from "../../../installer/systemd/values.ts";

const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

/** Texts that can be arguments of a process. */
const argument = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(...Array.from("\\-/.@:%$ ")),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
    minLength: 1,
  })
  .map((value) => value.replaceAll(/[\0\n]/g, ""))
  .filter((value) => value !== "");

/** One process for many texts: starting one takes longer than all the rest. */
function systemdEscape(options: string[], texts: string[]): string[] {
  const output = execFileSync("systemd-escape", [...options, "--", ...texts], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return output.slice(0, -1).split(" ");
}

describe.runIf(hasSystemd)("the real systemd-escape agrees on", () => {
  const many = fc.sample(argument, 300);

  test("texts", () => {
    expect(many.map(escapeUnitPart)).toEqual(systemdEscape([], many));
  });

  test("instances of a template", () => {
    const short = many.filter((value) => escapeUnitPart(value).length < 100);
    expect(short.map((value) => escapeToInstance("homeroom-user@.service", value))).toEqual(
      systemdEscape(["--template=homeroom-user@.service"], short),
    );
  });

  test("paths and units of paths", () => {
    const paths = fc
      .sample(fc.array(fc.oneof(argument, fc.constantFrom("", "."))), 300)
      .map((parts) => `/${parts.join("/")}`)
      .filter((path) => !/\/\.\.(\/|$)/.test(path));
    expect(paths.map(escapeUnitPath)).toEqual(systemdEscape(["--path"], paths));
    const short = paths.filter((path) => escapeUnitPath(path).length < 200);
    expect(short.map((path) => unitNameOfPath(path, ".mount"))).toEqual(
      systemdEscape(["--path", "--suffix=mount"], short),
    );
  });

  test("unescaping, and what cannot be unescaped", () => {
    const part = fc.string({
      unit: fc.constantFrom(...Array.from("ab-.\\x205f")),
      minLength: 1,
      maxLength: 12,
    });
    for (const value of ["-", "a-", "-a", "a--b", "..", "a-..", "\\x2fa", "a\\x2f", ...fc.sample(part, 60)]) {
      if (value.includes("\\x00")) continue;
      for (const [options, ours] of [
        [["-u"], unescapeUnitPart(value)],
        [["-u", "-p"], unescapeUnitPath(value)],
      ] as const) {
        const { status, stdout } = spawnSync("systemd-escape", [...options, "--", value], {
          encoding: "utf8",
        });
        if (ours?.isWellFormed() === false) continue;
        expect([value, options, ours]).toEqual([
          value,
          options,
          status === 0 ? stdout.slice(0, -1) : undefined,
        ]);
      }
    }
  });
});

describe.runIf(hasSystemd)("the real systemd-analyze agrees on", () => {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "homeroom-units-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** What systemd says of a unit file, its name left out. */
  function verify(name: string, content: string): string[] {
    const path = join(directory, name);
    writeFileSync(path, content);
    const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", path], { encoding: "utf8" });
    return stderr
      .split("\n")
      .filter((line) => line.includes(name))
      .map((line) => line.replace(/^.*?(?=:\d+:)|^.*?: /, ""));
  }

  test("lines that it ignores, by number", () => {
    const content = "A=1\n[Service]\nExecStart=/bin/true \\\n# c\n  x\nfoo\n=bar\n[Unit]\nDocumentation=\\\n";
    const theirs = verify("lines.service", content).flatMap((line) => /^:(\d+):/.exec(line)?.[1] ?? []);
    expect(theirs.map(Number)).toEqual(new UnitFile(content).problems.map(({ line }) => line));
  });

  test("a header that makes it refuse the file", () => {
    expect(verify("header.service", "[Service\nExecStart=/bin/true\n").join("\n")).toContain(
      "Invalid section header",
    );
    expect(new UnitFile("[Service\nExecStart=/bin/true\n").problems).toMatchObject([
      { line: 1, severity: "error" },
    ]);
  });

  test("commands and variables that we write: no complaint, and the very program", () => {
    const programs = ["/no/a b", "/no/100%", "/no/$HOME", "/no/é", "/no/a;b", "/no/{x}"];
    for (const [index, program] of programs.entries()) {
      const args = fc.sample(argument, 20);
      const unit = new UnitFile()
        .set("Service", "ExecStart", writeExecValue([program, ...args, "", ";", "\n\t\"'"]))
        .set("Service", "Environment", writeEnvironment({ A: args.filter(isCleanText).join("\n"), B: "" }));
      const said = verify(`written${index}.service`, unit.toString());
      expect(said).toEqual([`Command ${program} is not executable: No such file or directory`]);
    }
  });

  test("time spans", () => {
    const unit = fc.constantFrom("", "s", "ms", "us", "min", "h", "d", "w", "M", "y", " sec", "hours", "foo");
    const span = fc.array(fc.tuple(fc.nat({ max: 5000 }), fc.constantFrom("", ".5", ".25"), unit), {
      minLength: 1,
      maxLength: 3,
    });
    const spans = [
      "infinity",
      "-1",
      "1.",
      ".5",
      "5 6",
      "1s1",
      ...fc.sample(span, 40).map((parts) => parts.map((part) => part.join("")).join(" ")),
    ];
    for (const value of spans) {
      const { status, stdout } = spawnSync("systemd-analyze", ["timespan", "--", value], {
        encoding: "utf8",
      });
      const theirs = status === 0 ? /s: (\S+)/.exec(stdout)?.[1] : undefined;
      const ours = readTimeSpan(value);
      expect([value, ours === "infinity" ? "18446744073709551615" : ours?.toString()]).toEqual([
        value,
        theirs,
      ]);
    }
  });
});

const unitDirectory = "/usr/lib/systemd/system";

describe.runIf(existsSync(unitDirectory))("the unit files of this machine", () => {
  const files = existsSync(unitDirectory)
    ? readdirSync(unitDirectory, { recursive: true, encoding: "utf8" })
        .map((name) => join(unitDirectory, name))
        .filter((path) => existsSync(path) && statSync(path).isFile())
    : [];

  test("survive byte for byte, without a problem", () => {
    expect(files.length).toBeGreaterThan(0);
    for (const path of files) {
      const content = readFileSync(path);
      const unit = new UnitFile(content);
      expect([path, unit.toBytes().equals(content)]).toEqual([path, true]);
      expect([path, unit.problems]).toEqual([path, []]);
    }
  });

  test("survive setting what they say already", () => {
    for (const path of files) {
      const unit = new UnitFile(readFileSync(path));
      for (const { section, key, value } of unit.nodes.filter((node) => node.kind === "assignment")) {
        const set = unit.set(
          section,
          key,
          unit
            .assignments(section)
            .filter((other) => other.key === key)
            .map((other) => other.value),
        );
        expect([path, set.get(section, key) ?? ""]).toEqual([path, unit.get(section, key) ?? ""]);
        expect(value).toBe(value.trim());
      }
    }
  });
});
