import { parseDocument } from "yaml";
import { describe, expect, it } from "vitest";
import { foldLongLists, unfoldLongLists } from "../../../config/long-lists.ts";
import { parse } from "../../../config/parse.ts";

const items = (count: number, indent = "    ") =>
  Array.from({ length: count }, (_, index) => `${indent}- pupil${index}`).join("\n");

/** What the parser is given of each run: the placeholders, and how many items stand behind them. */
function folded(text: string): Record<string, number> {
  const { text: short, lists } = foldLongLists(text);
  expect(short).toHaveLength(text.length);
  return Object.fromEntries([...lists].map(([name, list]) => [name, list.items.length]));
}

describe("a long run of names", () => {
  it("becomes one item, with every offset as it was", () => {
    const text = `users:\n  allowed:\n${items(40)}\n  admin: [ada]\n`;
    const { text: short, lists } = foldLongLists(text);
    expect(short).toMatch(/^users:\n {2}allowed:\n {4}- run0 #-+\n {2}admin: \[ada\]\n$/);
    expect(short).toHaveLength(text.length);
    for (const { text: name, start } of lists.get("run0")?.items ?? []) {
      expect(text.slice(start, start + name.length)).toBe(name);
    }
    expect(lists.get("run0")?.items.at(39)?.text).toBe("pupil39");
  });
  it.each<[string, string, Record<string, number>]>([
    ["of 39 stays", `a:\n${items(39)}\n`, {}],
    ["may end the text", `a:\n${items(41)}`, { run0: 41 }],
    ["with Windows' line ends", `a:\n${items(50)}\n`.replaceAll("\n", "\r\n"), { run0: 50 }],
    ["ends where the indentation changes", `a:\n${items(45)}\n${items(50, "  ")}\n`, { run0: 45, run1: 50 }],
    ["ends at a comment", `a:\n${items(45)}\n# more\n${items(39)}\n`, { run0: 45 }],
    [
      "ends at a word with a meaning of its own",
      `a:\n${items(45)}\n    - NULL\n${items(41)}\n`,
      { run0: 45, run1: 41 },
    ],
    ["ends at a number", `a:\n${items(45)}\n    - 7\n${items(41)}\n`, { run0: 45, run1: 41 }],
    ["of numbers stays", `a:\n${"    - 7\n".repeat(60)}`, {}],
    ["of text with a comment stays", `a:\n${"    - ada # x\n".repeat(60)}`, {}],
    ["stays where the placeholder stands in the text", `x: run0\na:\n${items(60)}\n`, {}],
    ["may begin the text", items(60), { run0: 60 }],
  ])("%s", (_, text, lists) => {
    expect(folded(text)).toEqual(lists);
  });
  it("of every length is read as without folding", () => {
    for (const count of [1, 39, 40, 41, 200]) {
      const text = `users:\n  allowed:\n${items(count)}\n  admin: [ada]\n`;
      const { root } = parse(text);
      const names = root?.entries[0]?.value;
      const list = names?.kind === "map" ? names.entries[0]?.value : undefined;
      const texts =
        list?.kind === "list" ? list.items.map(({ span }) => text.slice(span.start, span.end)) : [];
      expect(texts).toEqual(Array.from({ length: count }, (_, index) => `pupil${index}`));
    }
  });
});

describe("a run that is no list", () => {
  const unfolds = (text: string): boolean => {
    const { text: short, lists } = foldLongLists(text);
    expect(lists.size).toBeGreaterThan(0);
    return unfoldLongLists(parseDocument(short), lists);
  };
  it.each([
    ["in a block of text", `a: |\n${items(60)}\n`],
    ["in quotes", `a: "\n${items(60)}\n  "\n`],
  ])("%s is found not to be one", (_, text) => {
    expect(unfolds(text)).toBe(false);
  });
  it("beside one that is makes the text be read unfolded", () => {
    const text = `a: |\n${items(60)}\nb:\n${items(60)}\n`;
    expect(unfolds(text)).toBe(false);
    const block = parse(text).root?.entries[0]?.value;
    expect(block).toMatchObject({ kind: "scalar", text: `${items(60, "")}\n` });
  });
});
