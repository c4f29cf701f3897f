import { describe, expect, it } from "vitest";
import { parse } from "../../../config/parse.ts";

const codes = (text: string) => parse(text).findings.map(({ code }) => code);

describe("a text", () => {
  it("is read once, however often it is asked for", () => {
    const text = "a: 1\n";
    const first = parse(text);
    expect(parse(text)).toBe(first);
    expect(parse("b: 1\n")).not.toBe(first);
    expect(parse(text)).toEqual(first);
  });
  it("may have 1 MiB of bytes and no more", () => {
    const most = 1024 * 1024;
    expect(codes(`# ${"x".repeat(most - 2)}`)).toEqual([]);
    expect(parse(`# ${"x".repeat(most - 1)}`).findings).toEqual([
      {
        severity: "error",
        code: "too-large",
        path: [],
        span: { start: 0, end: 1 },
        message: "The file is larger than 1 MiB.",
        hint: "A config is small; keep data elsewhere.",
      },
    ]);
    expect(codes(`# ${"é".repeat(most / 2)}`)).toEqual(["too-large"]);
  });
  it("may be nested, but not without end", () => {
    const nested = (depth: number) => `x-a: ${"[".repeat(depth)}${"]".repeat(depth)}\n`;
    expect(codes(nested(50))).toEqual([]);
    expect(parse(nested(100_000)).findings).toEqual([
      {
        severity: "error",
        code: "too-deep",
        path: [],
        span: { start: 0, end: 1 },
        message: "The file is nested too deeply.",
        hint: "A config has few levels.",
      },
    ]);
  });
  it.each([
    ["\u0000", "nul-byte", "U+0000"],
    ["\u0007", "control-character", "U+0007"],
    ["\u007F", "control-character", "U+007F"],
    ["\u0085", "control-character", "U+0085"],
    ["\u2029", "control-character", "U+2029"],
    ["\uFFFE", "control-character", "U+FFFE"],
    ["\uFFFF", "control-character", "U+FFFF"],
  ])("with %j in it is refused there", (character, code, name) => {
    expect(parse(`a: b${character}c\n`).findings).toMatchObject([
      { code, span: { start: 4, end: 5 }, message: `There is an invisible character here (${name}).` },
    ]);
  });
  it("may have tabs, line ends of Windows, and one byte order mark at its start", () => {
    expect(codes("\uFEFFa:\tb\r\nc: d\r\n")).toEqual([]);
    expect(codes("a: \uFEFFb\n")).toEqual(["control-character"]);
    expect(codes("\uFEFF\uFEFFa: b\n")).toEqual(["control-character"]);
  });
  it("that asks for another YAML is refused", () => {
    expect(codes("%YAML 1.2\n---\na: 1\n")).toEqual([]);
    expect(parse("%YAML 1.1\n---\na: 1\n").findings).toMatchObject([
      { code: "yaml-version", message: "The file asks for YAML 1.1." },
    ]);
  });
  it("with many mistakes tells the first of each line", () => {
    const { findings, root } = parse('a: "b" c d: [\nx: @y\n');
    expect(root).toBeUndefined();
    const lines = findings.map(({ span }) => (span.start < 14 ? 1 : 2));
    expect(lines).toEqual([...new Set(lines)]);
    expect(lines).toContain(2);
  });
  it("that is empty, or only comments, is an empty mapping", () => {
    for (const text of ["", "\n", "# a\n", "---\n", "~", "null\n"]) {
      expect(parse(text)).toMatchObject({ findings: [], root: { kind: "map", entries: [] } });
    }
    expect(codes('""')).toEqual(["not-a-mapping"]);
    expect(codes("'null'")).toEqual(["not-a-mapping"]);
  });
});
