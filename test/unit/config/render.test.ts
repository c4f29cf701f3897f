import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "../../../config/parse.ts";
import { entryLines, flow, isInline, quoted } from "../../../config/render.ts";
import { jsonOf, treeOf } from "../../../config/values.ts";
import { textValue } from "../../../config/key-path.ts";
import type { Json } from "../../../config/config.ts";

describe("text", () => {
  it.each(["ada", "ada@x.org", "/a/b", "1G", "two words", "Zoë", "a-b_c.d+e", ".hidden"])(
    "%s stays plain",
    (text) => {
      expect(quoted(text)).toBe(text);
    },
  );
  it.each([
    ["", '""'],
    ["5", '"5"'],
    ["1e3", '"1e3"'],
    ["true", '"true"'],
    ["null", '"null"'],
    ["yes", '"yes"'],
    ["010", '"010"'],
    ["12:30", '"12:30"'],
    ["a: b", '"a: b"'],
    ["a #b", '"a #b"'],
    ["- a", '"- a"'],
    ["*a", '"*a"'],
    [" a", '" a"'],
    ["a ", '"a "'],
    ["a,b", '"a,b"'],
    ["[a]", '"[a]"'],
    ["2025-09-01", '"2025-09-01"'],
    ['say "x"', '"say \\"x\\""'],
    ["a\nb", '"a\\nb"'],
    ["a\u007Fb", '"a\\x7fb"'],
  ])("%j is written %s", (text, written) => {
    expect(quoted(text)).toBe(written);
  });
});

describe("a value in one line", () => {
  it.each<[Json, string]>([
    [null, "null"],
    [5, "5"],
    [true, "true"],
    ["5", '"5"'],
    [["a", "b c", 1], "[a, b c, 1]"],
    [[], "[]"],
    [{}, "{}"],
    [{ a: 1, "b: c": ["x"] }, '{a: 1, "b: c": [x]}'],
  ])("%j is %s", (value, written) => {
    expect(flow(treeOf(value))).toBe(written);
  });
  it("keeps a plain word as it was typed", () => {
    const plain = (text: string) => flow({ ...textValue(text), plain: true } as never);
    expect(["", "~", "Null", "0x1F", "1_000", "TRUE", "on", "a: b"].map(plain)).toEqual([
      "null",
      "~",
      "Null",
      "0x1F",
      "1_000",
      "TRUE",
      "on",
      '"a: b"',
    ]);
  });
});

describe("nested keys", () => {
  it.each<[string, string[], Json, number, string[]]>([
    ["a value", ["a", "b"], 5, 0, ["a:", "  b: 5"]],
    ["further in", ["b"], "x", 4, ["    b: x"]],
    ["a list", ["a"], ["x", "1"], 2, ["  a:", "    - x", '    - "1"']],
    ["an empty list", ["a"], [], 0, ["a: []"]],
    ["a section", ["a"], { b: 1, c: { d: [2] } }, 0, ["a:", "  b: 1", "  c:", "    d:", "      - 2"]],
    ["an empty section", ["a"], {}, 0, ["a: {}"]],
    ["keys that need quotes", ["on", "a b: c"], 1, 0, ['"on":', '  "a b: c": 1']],
    ["lists in a list", ["a"], [["x"], { z: 1 }], 0, ["a:", "  - [x]", "  - {z: 1}"]],
  ])("%s", (_, keys, value, indent, lines) => {
    expect(entryLines(keys, treeOf(value), indent)).toEqual(lines);
  });
  it("tells what stands in the key's own line", () => {
    expect([null, 5, "x", [], {}].map((value: Json) => isInline(treeOf(value)))).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect([["x"], { a: 1 }].map((value: Json) => isInline(treeOf(value)))).toEqual([false, false]);
  });
});

describe("whatever is written", () => {
  const json = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("", "null", "yes", "007", "1e3", "-", "a: b", " ", "#", "{", "2025-09-01", "~"),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.string({ minLength: 1 }), tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  const readable = (text: string) => !/[^\P{Cc}\t\n\r]|[\u2028\u2029\uFEFF\uFFFE\uFFFF]/u.test(text);

  it("is read as the same", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = `${entryLines(["x"], treeOf(value), 0).join("\n")}\n`;
        fc.pre(readable(text) && !JSON.stringify(value).includes("__proto__"));
        const { root, findings } = parse(text);
        expect(findings).toEqual([]);
        expect(root && jsonOf(root)).toEqual({ x: value });
      }),
    );
  });
});
