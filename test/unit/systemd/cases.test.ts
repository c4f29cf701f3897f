import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeBytes } from "../../../installer/systemd/bytes.ts";
import { escapeC, unescapeC } from "../../../installer/systemd/c-escapes.ts";
import { readEnvironment, writeEnvironment } from "../../../installer/systemd/environment.ts";
import {
  expandVariables,
  readExecValue,
  writeExecValue,
  type ExecValue,
} from "../../../installer/systemd/exec-command.ts";
import { extractWord, type WordRules } from "../../../installer/systemd/extract-word.ts";
import { mangleUnitName } from "../../../installer/systemd/mangle-unit-name.ts";
import { isSliceName, parentSlice } from "../../../installer/systemd/slice-name.ts";
import { escapeSpecifiers, expandSpecifiers } from "../../../installer/systemd/specifiers.ts";
import {
  escapeToInstance,
  escapeUnitPart,
  escapeUnitPath,
  instanceOfPath,
  pathOfUnitName,
  unescapeUnitPart,
  unitNameOfPath,
} from "../../../installer/systemd/unit-escape.ts";
import { UnitFile } from "../../../installer/systemd/unit-file.ts";
import {
  isUnitInstance,
  isUnitName,
  isUnitPrefix,
  unitNameWithInstance,
  type UnitNameKind,
} from "../../../installer/systemd/unit-name.ts";
import * as values from "../../../installer/systemd/values.ts";
import { splitWords } from "../../../installer/systemd/words.ts";

// systemd's own rules as inputs and expected results, kept beside the checkout and not in it
const path = join(
  process.env["HOMEROOM_CASES"] ?? join(import.meta.dirname, "../../../../shared/cases"),
  "systemd-units.json",
);

type Text = string | { hex: string };
// one entry of the file; each group has its own fields
interface Case {
  input: Text;
  expected: unknown;
  [field: string]: unknown;
}

/** How each group of cases is run; a group that is not here is a failure. */
const groups: Record<string, (entry: Case) => void> = {
  extract_first_word: ({ input, steps }) => {
    let rest: string | undefined = text(input);
    for (const step of steps as WordStep[]) {
      const got = extractWord(rest, rulesOf(step));
      expect(got.result).toBe(step.result);
      rest = got.result === "end" ? undefined : got.rest;
      if (got.result === "word") expect(got.word).toBe(text(step.word ?? ""));
      if (typeof step.rest === "string") expect(rest ?? "").toBe(step.rest);
      if (step.rest_prefix !== undefined) expect(rest?.startsWith(step.rest_prefix)).toBe(true);
    }
  },
  config_parse: ({ input, input_gen, section, key, expected, error }) => {
    const unit = new UnitFile(input === undefined ? generatedInput(String(input_gen)) : text(input));
    const errors = unit.problems.filter((problem) => problem.severity === "error");
    if (error === undefined) expect(errors).toEqual([]);
    else expect(errors.map((problem) => problem.message)).toEqual([expect.stringContaining("longer than")]);
    expect(unit.get(String(section), String(key))).toBe(expected);
  },
  value_path: ({ input, expected }) => expect(values.readPath(text(input)) ?? null).toBe(expected),
  value_iec_size: ({ input, expected }) =>
    expect(values.readSize(text(input)) ?? 0n).toBe(BigInt(Number(expected))),
  value_int: ({ input, expected }) => expect(values.readInteger(text(input)) ?? -1).toBe(expected),
  value_unsigned: ({ input, expected }) => expect(values.readUnsigned(text(input)) ?? 0).toBe(expected),
  value_strv: ({ input, expected }) =>
    expect(values.readWordList(text(input))).toEqual((expected as Text[]).map(text)),
  value_mode: ({ input, expected }) => expect(values.readMode(text(input)) ?? 0).toBe(expected),
  value_sec_usec: ({ input, expected }) =>
    expect(values.readTimeSpan(text(input)) ?? 0n).toBe(BigInt(Number(expected))),
  unit_name_is_valid: ({ name, kinds, valid }) => {
    const asked = kinds as string[];
    const kindsAsked = asked.includes("any") ? undefined : (asked as UnitNameKind[]);
    expect(isUnitName(String(name), kindsAsked)).toBe(valid);
  },
  unit_name_replace_instance: ({ name, instance, expected }) =>
    expectResult(() => unitNameWithInstance(String(name), String(instance)), expected),
  unit_name_from_path: ({ path, suffix, expected }) =>
    expectResult(() => unitNameOfPath(String(path), String(suffix)), expected),
  unit_name_from_path_instance: ({ prefix, path, suffix, expected }) =>
    expectResult(() => instanceOfPath(String(prefix), String(path), String(suffix)), expected),
  unit_name_to_path: ({ name, expected }) => expectResult(() => pathOfUnitName(String(name)), expected),
  unit_name_mangle: ({ input, allow_globs, expected, ret }) => {
    const mangled = expectResult(
      () => mangleUnitName(text(input), { allowGlobs: allow_globs === true }),
      expected,
    );
    if (ret !== "error") expect(mangled === input).toBe(ret === "0");
  },
  unit_name_mangle_with_suffix: ({ input, expected }) =>
    void expectResult(() => mangleUnitName(text(input), { suffix: ".service" }), expected),
  parent_slice: ({ name, expected, ret }) => {
    if (ret === "error") expect(() => parentSlice(String(name))).toThrow("not a valid slice");
    else expect(parentSlice(String(name)) ?? null).toBe(expected);
  },
  instance_is_valid: ({ name, valid }) => expect(isUnitInstance(String(name))).toBe(valid),
  prefix_is_valid: ({ name, valid }) => expect(isUnitPrefix(String(name))).toBe(valid),
  slice_name_is_valid: ({ name, valid }) => expect(isSliceName(String(name))).toBe(valid),
  specifier_expand: ({ unit, input, expected }) => {
    const context = { unit: String(unit), fragmentPath: `/tmp/${String(unit)}` };
    expect(expandSpecifiers(text(input), context)).toBe(expected);
  },
  specifier_escape: ({ input, expected }) => expect(escapeSpecifiers(text(input))).toBe(expected),
  cunescape: ({ input, mode, result, expected }) => {
    const options = { relaxed: mode === "relaxed", acceptNul: mode === "accept_nul" };
    expect(unescapeC(text(input), options)).toBe(result === "error" ? undefined : text(expected as Text));
  },
  cescape: ({ input, expected }) => {
    expect(escapeC(text(input))).toBe(expected);
    expect(unescapeC(escapeC(text(input)))).toBe(text(input));
  },
  quote_argv: ({ argv, systemd_text }) => {
    const [program, ...args] = argv as string[];
    expect(runArguments(writeExecValue([program ?? "", ...args]))).toEqual(argv);
    expect(splitWords(String(systemd_text).replaceAll(String.raw`\$`, "$"))).toEqual(argv);
  },
  exec_start: ({ input, result, commands }) => {
    const value = readExecValue(text(input));
    expect(value.result).toBe(result);
    if (value.result === "ok") expect(value.commands.map(summary)).toEqual(commands);
  },
  systemd_escape: ({ input, escaped, path, ...rest }) => {
    expect(escapeUnitPart(text(input))).toBe(escaped);
    if (rest["unescape_gives_input"] === true) expect(unescapeUnitPart(String(escaped))).toBe(text(input));
    expectResult(
      () => escapeToInstance("homeroom-user@.service", text(input)),
      rest["with_template_homeroom-user@.service"],
    );
    expectResult(() => escapeUnitPath(text(input)), path);
  },
  systemd_unescape: ({ input, expected }) =>
    expect(unescapeUnitPart(text(input))).toBe(expected === null ? undefined : text(expected as Text)),
  unit_file_rules: ({ input, expected, doubtful }) => {
    const unit = new UnitFile(text(input));
    const { merged, words, effective_list, error_or_warning_line, ...sections } = expected as Rules;
    expect(unit.toString()).toBe(text(input));
    if (doubtful === undefined) {
      const line = error_or_warning_line;
      expect(unit.problems.map((problem) => problem.line)).toEqual(
        line === undefined ? [] : expect.arrayContaining([line]),
      );
      for (const [section, assignments] of Object.entries({ ...sections, ...merged })) {
        expect(unit.assignments(section).map(({ key, value }) => [key, value])).toEqual(assignments);
      }
    } else {
      // systemd's own answer is odd here; a file like this is refused
      expect(unit.problems[0]?.severity).toBe("error");
    }
    for (const [name, list] of Object.entries(words ?? {})) {
      expect(splitWords(unit.list(...sectionAndKey(name)).join(" "))).toEqual(list);
    }
    for (const [name, list] of Object.entries(effective_list ?? {})) {
      expect(unit.list(...sectionAndKey(name))).toEqual(list);
    }
  },
  exec_roundtrip: ({ argv }) => {
    const [program, ...args] = argv as string[];
    const written = new UnitFile().set("Service", "ExecStart", writeExecValue([program ?? "", ...args]));
    const read = new UnitFile(written.toBytes());
    expect(read.problems).toEqual([]);
    expect(runArguments(read.get("Service", "ExecStart") ?? "")).toEqual(argv);
  },
  environment_roundtrip: ({ name, value }) => {
    const variables = { [String(name)]: String(value) };
    const written = new UnitFile().set("Service", "Environment", writeEnvironment(variables));
    const read = new UnitFile(written.toBytes());
    expect(read.problems).toEqual([]);
    expect(readEnvironment(read.list("Service", "Environment"), expandInService)).toEqual(variables);
  },
};

const found = existsSync(path);
const notFound = `cases not found at ${path}, 565 not run`;
if (!found) process.stderr.write(`${notFound}\n`);

describe("the cases of systemd's own rules", () => {
  test("are all there", ({ skip }) => {
    if (!found) skip(notFound);
    expect(Object.keys(readCases()).toSorted()).toEqual(Object.keys(groups).toSorted());
    expect(Object.values(readCases()).flat()).toHaveLength(565);
  });

  if (!found) return;
  for (const [group, cases] of Object.entries(readCases())) {
    test.for(cases.map((entry, index) => ({ name: `${group} ${index + 1}`, entry })))(
      "$name",
      ({ entry }) => {
        groups[group]?.(entry);
        expect.hasAssertions();
      },
    );
  }
});

interface WordStep {
  separators: string | null;
  flags: string[];
  result: string;
  word?: Text | null;
  rest?: string | null;
  rest_prefix?: string;
}

interface Rules {
  merged?: Record<string, [string, string][]>;
  words?: Record<string, string[]>;
  effective_list?: Record<string, string[]>;
  error_or_warning_line?: number;
  [section: string]: unknown;
}

function readCases(): Record<string, Case[]> {
  const { _meta, ...found } = JSON.parse(readFileSync(path, "utf8")) as Record<string, { cases: Case[] }>;
  return Object.fromEntries(Object.entries(found).map(([group, { cases }]) => [group, cases]));
}

function text(value: Text): string {
  return typeof value === "string" ? value : decodeBytes(Buffer.from(value.hex, "hex"));
}

function rulesOf({ separators, flags }: WordStep): WordRules {
  const names: Record<string, keyof WordRules> = {
    UNQUOTE: "unquote",
    CUNESCAPE: "cUnescape",
    UNESCAPE_RELAX: "unescapeRelax",
    UNESCAPE_SEPARATORS: "unescapeSeparators",
    KEEP_QUOTE: "keepQuote",
    RETAIN_ESCAPE: "retainEscape",
    RELAX: "relax",
    DONT_COALESCE_SEPARATORS: "dontCoalesceSeparators",
    RETAIN_SEPARATORS: "retainSeparators",
  };
  const rules = Object.fromEntries(
    flags.map((flag) => {
      const name = names[flag];
      if (name === undefined) throw new Error(`unknown flag ${flag}`);
      return [name, true];
    }),
  ) as WordRules;
  return separators === null ? rules : { ...rules, separators };
}

/** The two over-long inputs, which the case file gives as an expression. */
function generatedInput(expression: string): string {
  const part = "x".repeat(1000) + "abcde".repeat(10);
  const known: Record<string, string> = {
    [String.raw`"[Section]\nsetting1=" + ("x"*1000 + "abcde"*10)*1000 + "\n"`]: `[Section]\nsetting1=${part.repeat(1000)}\n`,
    [String.raw`"[Section]\nsetting1=" + ("x"*1000 + "abcde"*10 + "\\\n")*1000 + "xxx"`]: `[Section]\nsetting1=${`${part}\\\n`.repeat(1000)}xxx`,
  };
  const input = known[expression];
  if (input === undefined) throw new Error(`unknown input ${expression}`);
  return input;
}

/** An expected null means: refused, by an error or by undefined. */
function expectResult(run: () => string | undefined, expected: unknown): string | undefined {
  let result: string | undefined;
  try {
    result = run();
  } catch (error) {
    expect(error).toMatchObject({ name: "HomeroomError" });
  }
  expect(result ?? null).toBe(expected);
  return result;
}

function summary({ path, argv, ignoreFailure }: Extract<ExecValue, { result: "ok" }>["commands"][number]) {
  return { path, argv, ignore_failure: ignoreFailure };
}

function sectionAndKey(name: string): [string, string] {
  const [section = "", key = ""] = name.split(".");
  return [section, key];
}

function expandInService(value: string): string {
  return expandSpecifiers(value, { unit: "case@some\\x2done.service" });
}

/** The arguments that the process would see. */
function runArguments(value: string): string[] {
  const read = readExecValue(value, expandInService);
  if (read.result !== "ok" || read.commands[0] === undefined) throw new Error(`not read: ${value}`);
  const [command] = read.commands;
  return command.literalVariables ? command.argv : expandVariables(command.argv, { HOME: "/root", X: "x" });
}
