import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatProblems } from "../../../config/format.ts";
import { loadConfig } from "../../../config/load.ts";
import { notYet } from "../../../config/not-yet.ts";
import { schemaAt } from "../../../config/schema.ts";
import { jsonOf } from "../../../config/values.ts";
import schema from "../../../config/schema.json" with { type: "json" };

const folder = new URL("../../cases/config/", import.meta.url);
const texts = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => readFileSync(new URL(file, folder)));

/** The input that breaks a property, in words; undefined where none does. */
function broken(property: fc.IRawProperty<unknown, false>, numRuns = 1000): string | undefined {
  const details = fc.check(property, { numRuns });
  return details.failed ? fc.defaultReportMessage(details) : undefined;
}

/** Pieces of config in any order, and damage to real configs. */
const garbage = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        "users:",
        "  admin:",
        "- ",
        "a",
        ": ",
        "\n",
        "  ",
        "\t",
        "{",
        "}",
        "[",
        "]",
        "&a",
        "*a",
        "<<",
        "!!",
        "'",
        '"',
        "|",
        ">",
        "---",
        "...",
        "%",
        "#",
        "?",
        "limits:\n  memory: ",
        "1G",
        "\r\n",
        "\u0000",
        "auth:\n  type: ",
        "github",
      ),
    )
    .map((parts) => parts.join("")),
  fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(20), fc.string()).map(([text, at, cut, inserted]) => {
    const whole = text.toString("latin1");
    const place = at % (whole.length + 1);
    return whole.slice(0, place) + inserted + whole.slice(place + cut);
  }),
);

describe("loadConfig", () => {
  it("answers every text with errors or a Config, and never throws", () => {
    expect(
      broken(
        fc.property(garbage, (text) => {
          const { problems, config } = loadConfig(text);
          const errors = problems.some(({ severity }) => severity === "error");
          const lines = text.split("\n");
          const placed = problems.every(
            ({ line, column }) =>
              line >= 1 &&
              line <= lines.length &&
              column >= 1 &&
              column <= (lines[line - 1] ?? "").length + 1,
          );
          return (
            errors === (config === undefined) && placed && formatProblems(problems, { file: "x" }).length > 0
          );
        }),
        2000,
      ),
    ).toBeUndefined();
  });
  it("answers bytes too", () => {
    expect(
      broken(fc.property(fc.uint8Array(), (bytes) => loadConfig(bytes).problems.length >= 0)),
    ).toBeUndefined();
  });
  it("reads long lists as it reads short ones", () => {
    const names = Array.from({ length: 100 }, (_, index) => `pupil${index}`);
    const list = names.map((name) => `    - ${name}\n`).join("");
    const text = `users:\n  allowed:\n${list}  admin: [x, x]\nx-note: |\n${list}`;
    const { config, problems } = loadConfig(text);
    expect(config?.users.allowed).toEqual(names);
    expect(problems).toMatchObject([{ code: "same-name", line: 103, column: 14 }]);
  });
  it("takes 5,000 people", () => {
    const list = Array.from({ length: 5000 }, (_, index) => `    - p${index}\n`).join("");
    expect(loadConfig(`users:\n  allowed:\n${list}`).config?.users.allowed).toHaveLength(5000);
  });
  it("refuses more than 1 MiB", () => {
    expect(loadConfig(`# ${"x".repeat(1024 * 1024)}`).problems).toMatchObject([
      { code: "too-large", line: 1 },
    ]);
    expect(loadConfig(`# ${"x".repeat(1024 * 1024 - 2)}`).problems).toEqual([]);
  });
  it("refuses what is nested without end", () => {
    expect(loadConfig(`x-a: ${"[".repeat(200_000)}`).problems).toMatchObject([{ code: "too-deep" }]);
    expect(loadConfig(`x-a: ${"{a: ".repeat(5000)}`).problems[0]?.severity).toBe("error");
  });
  it.each([
    ["one long word", "x".repeat(2 ** 20)],
    ["one long key", `${"x".repeat(2 ** 19)}: 1\n`],
    ["digits", `limits:\n  memory: ${"1".repeat(2 ** 19)}x\n`],
    ["signed digits", `http:\n  port: +${"1".repeat(2 ** 19)}_x\n`],
    ["brackets", "]".repeat(2 ** 19)],
    ["colons", ": ".repeat(2 ** 18)],
    ["equal keys", "a: 1\n".repeat(2 ** 16)],
    ["an address", `https:\n  enabled: true\n  letsencrypt:\n    email: a@${"a.".repeat(2 ** 17)}\n`],
    ["spaces", `a${" ".repeat(2 ** 19)}b`],
    ["anchors", `x-a: &a [1]\nx-b: [${"*a, ".repeat(2 ** 16)}]\n`],
  ])("is not slow with %s", (_, text) => {
    const start = performance.now();
    loadConfig(text);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
  it("refuses by name what nothing carries out yet", () => {
    expect(loadConfig("https:\n  enabled: true\n  tls: {key: /k, cert: /c}\n").problems).toMatchObject([
      { code: "not-yet", path: "/https/enabled", line: 2, column: 12 },
    ]);
    expect(notYet.filter(({ path }) => schemaAt(path) === undefined)).toEqual([]);
  });
  it("says which rules were skipped for want of a machine", () => {
    expect(loadConfig("").skipped).toContain("portsAreFree");
    expect(loadConfig("", { facts: { memory: 1, cores: 1, listeners: [], now: 0 } }).skipped).toEqual([]);
  });
  it("hides secrets in excerpts", () => {
    const { problems } = loadConfig(
      "auth:\n  type: github\n  GitHubOAuthenticator:\n    client_secret: [hunter2]\n",
    );
    expect(problems[0]?.excerpt).toBe("    client_secret: ********");
  });
});

describe("the schema", () => {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
  it("accepts every sample that has no problem", () => {
    const clean = texts.filter((text) => loadConfig(text, { allowNotYet: true }).problems.length === 0);
    expect(clean.length).toBeGreaterThan(20);
    const refused = clean.filter((text) => !validate(rootOf(text)));
    expect(refused.map(String)).toEqual([]);
  });
  it("refuses unknown keys and wrong types, as an editor should show", () => {
    expect(validate({ users: { admn: [] } })).toBe(false);
    expect(validate({ http: { port: 70_000 } })).toBe(false);
    expect(validate({ limits: { memory: "4GB" } })).toBe(false);
  });
  it("has words, and an example or a default, for every key", () => {
    expect(undescribed(schema, "")).toEqual([]);
  });
});

function undescribed(part: object, path: string): string[] {
  const { properties = {} } = part as { properties?: Record<string, object> };
  return Object.entries(properties).flatMap(([key, inner]) => {
    const { description, examples, type } = inner as {
      description?: string;
      examples?: unknown[];
      type?: string[];
    };
    const section = "properties" in inner || type?.includes("object");
    const complete = description !== undefined && (section || examples?.length === 1);
    return [...(complete ? [] : [`${path}/${key}`]), ...undescribed(inner, `${path}/${key}`)];
  });
}

function rootOf(text: Buffer): unknown {
  const { root } = loadConfig(text);
  return root && (JSON.parse(JSON.stringify(jsonOf(root))) as unknown);
}
