import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../config/load.ts";
import { locate } from "../../../config/problem.ts";
import type { Finding } from "../../../config/problem.ts";

function findingAt(start: number, end: number, more: Partial<Finding> = {}): Finding {
  return { severity: "error", code: "c", path: [], span: { start, end }, message: "m", hint: "h", ...more };
}

/** The one problem of a finding. */
function located(text: string, start: number, end: number, more: Partial<Finding> = {}) {
  const [problem] = locate([findingAt(start, end, more)], text);
  if (problem === undefined) throw new Error("no problem");
  return problem;
}

describe("where a problem is", () => {
  it.each<[string, string, string, [number, number, string, number]]>([
    ["in the first line", "abc\ndef\n", "b", [1, 2, "abc", 1]],
    ["in a later line", "abc\ndef\n", "def", [2, 1, "def", 3]],
    ["in a line that the text does not end", "abc\ndef", "ef", [2, 2, "def", 2]],
    ["after an empty line", "a\n\nb\n", "b", [3, 1, "b", 1]],
    ["in a line of Windows", "ab\r\ncd\r\n", "d", [2, 2, "cd", 1]],
    ["behind a byte order mark", "\uFEFFab\ncd", "b", [1, 2, "ab", 1]],
    ["behind characters of two code units", "😀é: x", "x", [1, 5, "😀é: x", 1]],
    ["over characters of two code units", "a: 😀😀", "😀😀", [1, 4, "a: 😀😀", 2]],
    ["over a line's end", "ab: c\nd", "c\nd", [1, 5, "ab: c", 1]],
    ["with spaces at its end", "a: b  \n", "b  ", [1, 4, "a: b  ", 1]],
  ])("is told: %s", (_, text, part, [line, column, excerpt, length]) => {
    const start = text.indexOf(part);
    expect(located(text, start, start + part.length)).toMatchObject({
      line,
      column,
      excerpt,
      excerptColumn: column,
      length,
    });
  });
  it("is at least one character long, also at the end of the text", () => {
    expect(located("abc", 1, 1)).toMatchObject({ line: 1, column: 2, length: 1 });
    expect(located("abc\n", 4, 4)).toMatchObject({ line: 2, column: 1, excerpt: "", length: 1 });
    expect(located("abc", 99, 120)).toMatchObject({ line: 1, column: 4, length: 1 });
  });
});

describe("a long line", () => {
  const text = `${"a".repeat(100)}${"b".repeat(100)}${"c".repeat(100)}`;
  it("is cut around the place", () => {
    expect(located(text, 250, 260)).toMatchObject({
      column: 251,
      excerpt: text.slice(171, 331),
      excerptColumn: 80,
      length: 10,
    });
  });
  it("is cut behind a place near its beginning", () => {
    expect(located(text, 110, 115)).toMatchObject({
      column: 111,
      excerpt: text.slice(0, 160),
      excerptColumn: 111,
      length: 5,
    });
    expect(located(text, 119, 120)).toMatchObject({ column: 120, excerptColumn: 120 });
    expect(located(text, 120, 121)).toMatchObject({ column: 121, excerptColumn: 80 });
  });
  it("has no mark beyond what is shown", () => {
    const { excerptColumn, length, excerpt } = located(text, 10, 300);
    expect(excerptColumn - 1 + length).toBe(excerpt.length);
  });
  it("is shown unless it may hold a secret", () => {
    const long = "x".repeat(700);
    expect(located(long, 0, 1).excerpt).toBe(long.slice(0, 160));
    for (const word of ["secret", "Password", "TOKEN", "private_key", "cookie"]) {
      expect(located(`{${word}: [a], ${long}`, 0, 1).excerpt).toBe("");
    }
    expect(located(`client_secret: hunter2 ${"x".repeat(600)}`, 0, 1).excerpt).toBe(
      "client_secret: ********",
    );
  });
});

describe("problems", () => {
  it("come errors first, then by place", () => {
    const found = locate(
      [
        findingAt(4, 5, { code: "d" }),
        findingAt(0, 1, { severity: "warning", code: "w" }),
        findingAt(2, 3, { code: "b" }),
        findingAt(6, 7, { severity: "warning", code: "x" }),
      ],
      "a\nb\nc\nd\n",
    );
    expect(found.map(({ code, line }) => `${code}${line}`)).toEqual(["b2", "d3", "w1", "x4"]);
  });
  it("are at most a thousand", () => {
    const many = Array.from({ length: 1500 }, () => findingAt(0, 1));
    expect(locate(many, "a")).toHaveLength(1000);
    expect(locate([], "a")).toEqual([]);
  });
  it("name their key as a JSON pointer", () => {
    expect(located("a", 0, 1, { path: ["users", "a/b", "c~d", "0"] }).path).toBe("/users/a~1b/c~0d/0");
    expect(located("a", 0, 1).path).toBe("");
  });
  it("show nothing that acts on a terminal", () => {
    const { message, hint } = located("a", 0, 1, { message: "a\u001B[2Jb\u202E", hint: "\u2028\u0007" });
    expect([message, hint]).toEqual(["a\\u{1b}[2Jb\\u{202e}", "\\u{2028}\\u{7}"]);
  });
  it("of bytes that are no text stand at the start", () => {
    expect(loadConfig(Buffer.from([0x61, 0xff])).problems).toEqual([
      {
        severity: "error",
        code: "not-utf-8",
        path: "",
        line: 1,
        column: 1,
        message: "The file is not UTF-8 text.",
        hint: "Save it again as UTF-8, as editors do by default.",
        excerpt: "",
        excerptColumn: 1,
        length: 1,
      },
    ]);
  });
});
