import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { countProblems, formatProblems, problemsToJson } from "../../../config/format.ts";
import { loadConfig } from "../../../config/load.ts";

const problemsOf = (text: string) => loadConfig(text).problems;

describe("problems for people", () => {
  it("have the line, a caret under the column, what is wrong and what would be right", () => {
    expect(formatProblems(problemsOf("http:\n  port: eighty # no\n"), { file: "class.yaml" })).toBe(
      `class.yaml:2:9 error \`http.port\` is a number, and this is text.
  2 |   port: eighty # no
    |         ^^^^^^
     Write a number.

1 error.`,
    );
  });
  it("stand in line with long line numbers, and with tabs before them", () => {
    const text = `${"\n".repeat(99)}users:\t{admn: [x]}\n`;
    const [frame] = formatProblems(problemsOf(text), { file: "-" }).split("\n\n");
    expect(frame?.split("\n").slice(1)).toEqual([
      "  100 | users:\t{admn: [x]}",
      "      |       \t ^^^^",
      "       Did you mean `admin`?",
    ]);
  });
  it("are all shown, errors first, and counted", () => {
    const text = "users:\n  admin: ada\n  admn: [x]\n  allowed: bob\nhtp: 1\n";
    const shown = formatProblems(problemsOf(text), { file: "c" });
    expect(shown.match(/^c:\d+:\d+ \w+/gm)).toEqual([
      "c:3:3 error",
      "c:5:1 error",
      "c:2:10 warning",
      "c:4:12 warning",
    ]);
    expect(shown).toMatch(/\n\n2 errors and 2 warnings\.$/);
  });
  it("are red or yellow where colour is wanted, and the same text otherwise", () => {
    const problems = problemsOf("users:\n  admin: ada\n  admn: [x]\n");
    const plain = formatProblems(problems, { file: "c" });
    const colored = formatProblems(problems, { file: "c", color: true });
    expect(stripVTControlCharacters(colored)).toBe(plain);
    expect(plain).not.toContain("\u001B");
    expect(colored).toContain("\u001B[1m\u001B[31merror");
    expect(colored).toContain("\u001B[1m\u001B[33mwarning");
    expect(colored).toContain("\u001B[31m^^^^\u001B[39m");
    expect(colored).toContain("\u001B[2m  3 |\u001B[22m");
    expect(colored).toContain("\u001B[2m    |\u001B[22m");
  });
});

describe("the count of problems", () => {
  it.each([
    ["", "No problems"],
    ["htp: 1", "1 error"],
    ["htp: 1\nhttp: {prot: 1}", "2 errors"],
    ["users: {admin: ada}", "1 warning"],
    ["users: {admin: ada, allowed: bob}", "2 warnings"],
    ["htp: 1\nusers: {admin: ada}", "1 error and 1 warning"],
  ])("of %j is %s", (text, words) => {
    expect(countProblems(problemsOf(text))).toBe(words);
  });
});

describe("problems as data", () => {
  it("have the promised fields and no others", () => {
    const json = problemsToJson(problemsOf("users:\n  admn: [ada]\n"));
    expect(json).toBe(`{
  "problems": [
    {
      "severity": "error",
      "code": "unknown-key",
      "path": "/users/admn",
      "line": 2,
      "column": 3,
      "message": "There is no key \`users.admn\`.",
      "hint": "Did you mean \`admin\`?"
    }
  ]
}`);
    expect(problemsToJson([])).toBe('{\n  "problems": []\n}');
  });
});
