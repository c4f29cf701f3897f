import { describe, expect, it } from "vitest";
import { addItem, EditProblem, removeItem, setValue, unsetValue } from "../../../config/edit.ts";
import { keyPath, readValue } from "../../../config/key-path.ts";
import type { ConfigNode } from "../../../config/document.ts";

function value(text: string): ConfigNode {
  const read = readValue(text);
  if ("finding" in read) throw new Error(read.finding.message);
  return read.value;
}

/** What is done to a text: `set a.b 1`, `unset a.b`, `add a.b x`, `remove a.b x`. */
function done(text: string, command: string): string {
  const [, name = "", key = "", rest = ""] = /^(\w+) (\S+) ?(.*)$/s.exec(command) ?? [];
  const path = keyPath(key);
  if (name === "unset") return unsetValue(text, path);
  const edit = { set: setValue, add: addItem, remove: removeItem }[name];
  if (edit === undefined) throw new Error(name);
  return edit(text, path, value(rest));
}

describe.each<[string, [string, string, string, string][]]>([
  [
    "a value that is set",
    [
      [
        "over a list in lines, by one in the key's line",
        "a:\n  - x # n\n  - y\nb: 1\n",
        "set a []",
        "a: []\nb: 1\n",
      ],
      ["over a list in lines, by a list", "a:\n  - x\nb: 1\n", "set a [u, v]", "a:\n  - u\n  - v\nb: 1\n"],
      ["over a list as far out as its key", "a:\n- x\n- y\nb: 1\n", "set a [u]", "a:\n  - u\nb: 1\n"],
      ["over a section in lines, by one", "a:\n  b: 1\n  c: 2\nd: 3\n", "set a {e: 4}", "a:\n  e: 4\nd: 3\n"],
      ["over a section in lines, by a word", "a: # n\n  b: 1\nd: 3\n", "set a 5", "a: 5 # n\nd: 3\n"],
      [
        "over a section further in",
        "s:\n  a:\n    b: 1\n  c: 2\n",
        "set s.a {e: [4]}",
        "s:\n  a:\n    e:\n      - 4\n  c: 2\n",
      ],
      ["over a list in brackets", "a: [x,\n  y] # n\nb: 1\n", "set a 5", "a: 5 # n\nb: 1\n"],
      ["over a word in quotes", "a: 'x'   # n\n", "set a y", "a: y   # n\n"],
      ["over nothing", "a:\nb: 1\n", "set a 5", "a: 5\nb: 1\n"],
      ["over nothing, with a comment", "a: # n\nb: 1\n", "set a 5", "a: 5 # n\nb: 1\n"],
      ["over a written-out null", "a: ~ # n\n", "set a 5", "a: 5 # n\n"],
      ["over a folded text", "a: >-\n  x\n  y\n\nb: 1\n", "set a z", "a: z\n\nb: 1\n"],
      ["over a text at the end of the file", "a: |\n  x", "set a z", "a: z"],
      ["with a key that has a colon in quotes", '"a:b": 1\n', 'set "a:b" 2', '"a:b": 2\n'],
    ],
  ],
  [
    "a key that is new",
    [
      ["in a section", "a:\n    b: 1\nc: 2\n", "set a.d 3", "a:\n    b: 1\n    d: 3\nc: 2\n"],
      ["behind a list", "a:\n  b:\n    - x\nc: 2\n", "set a.d 3", "a:\n  b:\n    - x\n  d: 3\nc: 2\n"],
      [
        "behind a text of lines",
        "a:\n  b: |\n    x\nc: 2\n",
        "set a.d 3",
        "a:\n  b: |\n    x\n  d: 3\nc: 2\n",
      ],
      ["behind nothing", "a:\n  b:\nc: 2\n", "set a.d 3", "a:\n  b:\n  d: 3\nc: 2\n"],
      ["behind a comment", "a:\n  b: 1 # n\n", "set a.d 3", "a:\n  b: 1 # n\n  d: 3\n"],
      ["in braces", "a: {b: 1} # n\n", "set a.d 3", "a: {b: 1, d: 3} # n\n"],
      ["in empty braces", "a: {} # n\n", "set a.d 3", "a: {d: 3} # n\n"],
      ["in empty braces, several levels", "a: { }\n", "set a.d.e 3", "a: {d: {e: 3}}\n"],
      ["in a section within braces", "a: {b: }\n", "set a.b.c 3", "a: {b: {c: 3}}\n"],
      ["in a section that is null", "a: null # n\nb: 1\n", "set a.d 3", "a: # n\n  d: 3\nb: 1\n"],
      [
        "in a section that is nothing",
        "s:\n  a:\nb: 1\n",
        "set s.a.d.e 3",
        "s:\n  a:\n    d:\n      e: 3\nb: 1\n",
      ],
      ["in a file in braces", "{a: 1}\n", "set b 2", "{a: 1, b: 2}\n"],
      ["in a file of empty braces", "{}\n", "set b.c 2", "{b: {c: 2}}\n"],
      ["in a file of comments", "# n\n\n", "set b 2", "# n\nb: 2\n\n"],
      ["in an empty file with a byte order mark", "\uFEFF", "set b 2", "\uFEFFb: 2\n"],
      ["in a file that ends without a line end", "a: 1", "set b 2", "a: 1\nb: 2"],
      ["in a file of Windows", "a:\r\n  b: 1\r\n", "set a.c 2", "a:\r\n  b: 1\r\n  c: 2\r\n"],
      ["that needs quotes", "a:\n  b: 1\n", 'set a."on" 2', 'a:\n  b: 1\n  "on": 2\n'],
    ],
  ],
  [
    "a key that goes",
    [
      ["from the first line", "a: 1\nb: 2\n", "unset a", "b: 2\n"],
      ["from the first line of Windows", "a: 1\r\nb: 2\r\n", "unset a", "b: 2\r\n"],
      ["from behind a byte order mark", "\uFEFFa: 1\nb: 2\n", "unset a", "\uFEFFb: 2\n"],
      ["from the middle, in a file of Windows", "a: 1\r\nb: 2\r\nc: 3\r\n", "unset b", "a: 1\r\nc: 3\r\n"],
      ["from the end", "a: 1\nb: 2", "unset b", "a: 1"],
      ["with its list", "a: 1\nb:\n  - x\n  - y # n\nc: 3\n", "unset b", "a: 1\nc: 3\n"],
      ["with its text of lines", "a: 1\nb: |\n  x\n  y\nc: 3\n", "unset b", "a: 1\nc: 3\n"],
      [
        "with sections that it leaves empty",
        "a: 1\nb:\n  c:\n    d: 1\ne: 2\n",
        "unset b.c.d",
        "a: 1\ne: 2\n",
      ],
      [
        "but not its section, if that has a comment",
        "b:\n  # n\n  c: 1\ne: 2\n",
        "unset b.c",
        "b:\n  # n\ne: 2\n",
      ],
      ["but not its section, if others are there", "b:\n  c: 1\n  d: 1\n", "unset b.c", "b:\n  d: 1\n"],
      ["from braces, the first", "a: {b: 1, c: 2}\n", "unset a.b", "a: {c: 2}\n"],
      ["from braces, one between", "a: {b: 1, c: 2, d: 3}\n", "unset a.c", "a: {b: 1, d: 3}\n"],
      ["from braces, the last", "a: {b: 1, c: [2]}\n", "unset a.c", "a: {b: 1}\n"],
      ["from braces, the only one", "a: { b: 1 } # n\n", "unset a.b", "a: {} # n\n"],
      ["from braces within braces", "a: {b: {c: 1}, d: 2}\n", "unset a.b.c", "a: {d: 2}\n"],
      ["with everything in the file", "a: 1\n", "unset a", ""],
      ["though it was not there", "a:\n  b: 1\n", "unset a.c", "a:\n  b: 1\n"],
      ["though its section is nothing", "a:\n", "unset a.c", "a:\n"],
    ],
  ],
  [
    "an item that is added",
    [
      ["to a list as far out as its key", "a:\n- x\nb: 1\n", "add a y", "a:\n- x\n- y\nb: 1\n"],
      [
        "to a list further in",
        "s:\n  a:\n      - x # n\n",
        "add s.a y",
        "s:\n  a:\n      - x # n\n      - y\n",
      ],
      [
        "to a list of sections",
        "a:\n  - b: 1\n    c: 2\nd: 3\n",
        "add a y",
        "a:\n  - b: 1\n    c: 2\n  - y\nd: 3\n",
      ],
      ["to a list in brackets", "a: [x, ] # n\n", "add a y", "a: [x, y, ] # n\n"],
      ["to a list in brackets over lines", "a: [\n  x\n]\n", "add a y", "a: [\n  x, y\n]\n"],
      ["to empty brackets", "a: [ ] # n\n", "add a y", "a: [y] # n\n"],
      ["to nothing", "a: # n\nb: 1\n", "add a y", "a: # n\n  - y\nb: 1\n"],
      ["to a written-out null", "a: ~\nb: 1\n", "add a y", "a:\n  - y\nb: 1\n"],
      ["to an empty text", 'a: ""\n', "add a y", "a:\n  - y\n"],
      ["to one text", "a: x # n\n", "add a y", "a: [x, y] # n\n"],
      ["to nothing within braces", "s: {a: }\n", "add s.a y", "s: {a: [y] }\n"],
      ["to a list that there is not", "s:\n  b: 1\n", "add s.a y", "s:\n  b: 1\n  a:\n    - y\n"],
      ["to a list that there is not, in braces", "s: {b: 1}\n", "add s.a y", "s: {b: 1, a: [y]}\n"],
      ["though it is there", "a: [x, y]\n", "add a y", "a: [x, y]\n"],
      ["that needs quotes", "a:\n  - x\n", "add a '#y'", 'a:\n  - x\n  - "#y"\n'],
    ],
  ],
  [
    "an item that is taken out",
    [
      ["of a list in lines, with its comment", "a:\n  - x # n\n  - y\n", "remove a x", "a:\n  - y\n"],
      ["of a list as far out as its key", "a:\n- x\n- y\nb: 1\n", "remove a y", "a:\n- x\nb: 1\n"],
      ["of brackets, the first", "a: [x, y, z]\n", "remove a x", "a: [y, z]\n"],
      ["of brackets, one between", "a: [x, y, z]\n", "remove a y", "a: [x, z]\n"],
      ["of brackets, the last", "a: [x, y, z ]\n", "remove a z", "a: [x, y ]\n"],
      ["of brackets, the only one", "a: [x] # n\n", "remove a x", "a: [] # n\n"],
      ["of lines, the only one", "a:\n  - x\nb: 1\n", "remove a x", "a: []\nb: 1\n"],
      ["which is the one text", "a: x # n\n", "remove a x", "a: [] # n\n"],
      ["though it is not there", "a: [x]\n", "remove a y", "a: [x]\n"],
      ["of a list that there is not", "a: 1\n", "remove b y", "a: 1\n"],
      ["of nothing", "a:\n", "remove a y", "a:\n"],
    ],
  ],
])("%s", (_, rows) => {
  it.each(rows)("%s", (_name, before, command, after) => {
    expect(done(before, command)).toBe(after);
  });
});

describe("an edit that is refused", () => {
  it.each<[string, string, string, string, string]>([
    ["in a text with errors", "a: 1\na: 2\n", "set b 1", "The file has errors of its own.", "config check"],
    [
      "in a text that cannot be parsed",
      "a: [\n",
      "unset a",
      "The file has errors of its own.",
      "config check",
    ],
    ["in a list", "- a\n", "set b 1", "The file has errors of its own.", "config check"],
    ["below a value", "a: {b: x}\n", "set a.b.c 1", "`a.b` is a value, not a section.", "Unset it first."],
    ["below a text in quotes", 'a: ""\n', "set a.b 1", "`a` is a value, not a section.", "Unset it first."],
    ["below a list", "a: [x]\n", "set a.b 1", "`a` is a value, not a section.", "Unset it first."],
    [
      "through an alias",
      "x-a: &n {b: 1}\na: *n\n",
      "set a.b 2",
      "`a` is written as the alias `*n`.",
      "Edit the anchor",
    ],
    [
      "that would change what an alias means",
      "x-a: &n {b: 1}\na: *n\n",
      "unset x-a.b",
      "without changing other lines",
      "config edit",
    ],
    [
      "of an item in a section",
      "a: {b: {c: 1}}\n",
      "add a.b x",
      "`a.b` is no list.",
      "Use `homeroom config edit`.",
    ],
    [
      "of an item of a section",
      "a:\n  b: 1\n",
      "remove a x",
      "`a` is no list.",
      "Use `homeroom config edit`.",
    ],
  ])("%s", (_, text, command, message, hint) => {
    let problem: unknown;
    try {
      done(text, command);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(EditProblem);
    const { message: said, hint: advice } = problem as EditProblem;
    expect(said).toContain(message);
    expect(advice).toContain(hint);
  });
});
