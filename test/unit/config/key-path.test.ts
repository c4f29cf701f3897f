import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyPath, keyText, partText, readValue, textValue } from "../../../config/key-path.ts";
import { jsonOf } from "../../../config/values.ts";

describe("a key as people type it", () => {
  it.each<[string, string[]]>([
    ["limits.memory", ["limits", "memory"]],
    ["limits", ["limits"]],
    ["", []],
    ['limits.users."ada@x.org".memory', ["limits", "users", "ada@x.org", "memory"]],
    ["limits.users.'a.b'.cpu", ["limits", "users", "a.b", "cpu"]],
    [`x-a."it's".b`, ["x-a", "it's", "b"]],
    ["/limits/memory", ["limits", "memory"]],
    ["/users/a~1b/c~0d", ["users", "a/b", "c~d"]],
    ["/a.b", ["a.b"]],
  ])("%j is the path %j", (key, path) => {
    expect(keyPath(key)).toEqual(path);
  });
  it("is read again as it is written", () => {
    const part = fc.stringMatching(/^[a-z@._'-]{1,8}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (path) => {
        expect(keyPath(keyText(path))).toEqual(path);
      }),
    );
  });
  it("has quotes only where a part needs them", () => {
    expect(keyText(["limits", "users", "ada", "cpu"])).toBe("limits.users.ada.cpu");
    expect(["a.b", "it's", 'say "x"', "plain"].map(partText)).toEqual([
      '"a.b"',
      `"it's"`,
      `'say "x"'`,
      "plain",
    ]);
  });
});

describe("a value as people type it", () => {
  const read = (text: string) => {
    const found = readValue(text);
    return "value" in found ? jsonOf(found.value) : undefined;
  };
  it.each([
    ["2G", "2G"],
    ["5", 5],
    ["true", true],
    ["[a, b]", ["a", "b"]],
    ["{memory: 1G}", { memory: "1G" }],
    ["'#x'", "#x"],
    ["", null],
    ["null", null],
    ["2G  ", "2G"],
    ["- a\n- b", ["a", "b"]],
    ["a: 1\nb: 2", { a: 1, b: 2 }],
  ])("%j means %j", (text, value) => {
    expect(read(text)).toEqual(value);
  });
  it.each(["[1", "a # b", "a: b", "*x", "@x", "a\nb: c: d"])("%j is refused", (text) => {
    expect(read(text)).toBeUndefined();
  });
  it("that is cut off by a comment says what to do", () => {
    expect(readValue("a # b")).toEqual({
      finding: {
        severity: "error",
        code: "yaml-syntax",
        path: [],
        span: { start: 0, end: 5 },
        message: "`a # b` is not YAML.",
        hint: "Put text with special characters in quotes, or use --string.",
      },
    });
  });
  it("is taken as it is where text is asked for", () => {
    expect(textValue("5")).toMatchObject({ kind: "scalar", text: "5", plain: false });
    expect(jsonOf(textValue("null"))).toBe("null");
  });
});
