import * as fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { addItem, EditProblem, removeItem, setValue, unsetValue } from "../../../config/edit.ts";
import { keyPath, readValue, textValue } from "../../../config/key-path.ts";
import { nodeAt } from "../../../config/document.ts";
import { parse } from "../../../config/parse.ts";
import { plainText } from "../../../config/plain-text.ts";
import { counterexample } from "./counterexample.ts";
import type { ConfigNode } from "../../../config/document.ts";

function value(text: string): ConfigNode {
  const read = readValue(text);
  if ("finding" in read) throw new Error(read.finding.message);
  return read.value;
}

const layout = `# my hub
users:   # people
  admin:
    - ada   # the head
    # - bob is on leave
    - 'cem'
  allowed: [ "dan",eve ]

limits: {memory: 1G}   # each
http:
  port:    8080

  # the end
`;

describe("setValue", () => {
  it.each([
    ["limits.memory", "2G", "limits: {memory: 1G}   # each", "limits: {memory: 2G}   # each"],
    ["limits.cpu", "2", "{memory: 1G}", "{memory: 1G, cpu: 2}"],
    ["http.port", "80", "  port:    8080", "  port:    80"],
    ["http.address", "127.0.0.1", "8080\n", "8080\n  address: 127.0.0.1\n"],
    ["users.allowed", "[fay]", `[ "dan",eve ]`, "[fay]"],
    ["users.banned", "[fay, gus]", "eve ]\n", "eve ]\n  banned:\n    - fay\n    - gus\n"],
    ["base_url", "/a", "  port:    8080\n", "  port:    8080\nbase_url: /a\n"],
    [
      "services.cull.timeout",
      "60",
      "  port:    8080\n",
      "  port:    8080\nservices:\n  cull:\n    timeout: 60\n",
    ],
    ["users.admin", "[zoe]", "    - ada   # the head\n    # - bob is on leave\n    - 'cem'\n", "    - zoe\n"],
    [
      "users.admin",
      "[]",
      "  admin:\n    - ada   # the head\n    # - bob is on leave\n    - 'cem'\n",
      "  admin: []\n",
    ],
  ])("%s to %s changes nothing else", (key, text, before, after) => {
    expect(layout).toContain(before);
    expect(setValue(layout, keyPath(key), value(text))).toBe(layout.replace(before, after));
  });

  it("begins an empty file", () => {
    expect(setValue("", ["limits", "memory"], value("1G"))).toBe("limits:\n  memory: 1G\n");
  });
  it("keeps the line ends of Windows and a missing one at the end", () => {
    expect(setValue("http:\r\n  port: 80", ["http", "address"], value("::1"))).toBe(
      'http:\r\n  port: 80\r\n  address: "::1"',
    );
  });
  it("fills an empty section and keeps its comment", () => {
    expect(setValue("limits:   # later\nhttp: {}\n", ["limits", "cpu"], value("1"))).toBe(
      "limits:   # later\n  cpu: 1\nhttp: {}\n",
    );
  });
  it("keeps a byte order mark", () => {
    expect(setValue("\uFEFFhttp:\n  port: 1\n", ["http", "port"], value("2"))).toBe(
      "\uFEFFhttp:\n  port: 2\n",
    );
  });
  it("replaces a block of text", () => {
    expect(setValue("x-a: |\n  b\n  c\nhttp: {}\n", ["x-a"], value("d"))).toBe("x-a: d\nhttp: {}\n");
  });
  it("writes text that needs quotes in quotes", () => {
    expect(setValue("", ["base_url"], textValue("yes: # no"))).toBe('base_url: "yes: # no"\n');
  });
  it("keeps digits as they are typed", () => {
    expect(setValue("", ["auth", "DummyAuthenticator", "password"], value("0020250901"))).toContain(
      "password: 0020250901\n",
    );
  });
  it.each([
    ["limits: *a\nx-a: &a {}\n", "limits.cpu", "errors of its own"],
    ["x-a: &a {cpu: 1}\nlimits: *a\n", "limits.cpu", "alias"],
    ["x-a: &a {cpu: 1}\nlimits: *a\n", "x-a.cpu", "other lines"],
    ["limits: 1G\n", "limits.cpu", "not a section"],
  ])("refuses what it cannot do alone: %j %s", (text, key, words) => {
    expect(() => setValue(text, keyPath(key), value("2"))).toThrow(words);
  });
});

describe("unsetValue", () => {
  it("takes the section with it that it leaves empty", () => {
    expect(unsetValue("a: 1\nlimits:\n  memory: 1G\nb: 2\n", ["limits", "memory"])).toBe("a: 1\nb: 2\n");
  });
  it("keeps a section that has a comment", () => {
    expect(unsetValue("limits:\n  # later 2G\n  memory: 1G\nb: 2\n", ["limits", "memory"])).toBe(
      "limits:\n  # later 2G\nb: 2\n",
    );
  });
  it("changes nothing where the key is not there", () => {
    expect(unsetValue(layout, ["limits", "cpu"])).toBe(layout);
  });
  it("takes a key out of braces", () => {
    expect(unsetValue("limits: {memory: 1G, cpu: 2}\n", ["limits", "memory"])).toBe("limits: {cpu: 2}\n");
    expect(unsetValue("limits: {memory: 1G, cpu: 2}\n", ["limits", "cpu"])).toBe("limits: {memory: 1G}\n");
    expect(unsetValue("limits: {memory: 1G}\n", ["limits", "memory"])).toBe("limits: {}\n");
  });
});

describe("addItem and removeItem", () => {
  it.each([
    ["users.admin", "zoe", "    - 'cem'\n", "    - 'cem'\n    - zoe\n"],
    ["users.allowed", "zoe", `"dan",eve ]`, `"dan",eve, zoe ]`],
    ["users.banned", "zoe", "eve ]\n", "eve ]\n  banned:\n    - zoe\n"],
  ])("adds to %s", (key, item, before, after) => {
    const edited = addItem(layout, keyPath(key), value(item));
    expect(edited).toBe(layout.replace(before, after));
    expect(addItem(edited, keyPath(key), value(item))).toBe(edited);
  });
  it.each([
    ["users.admin", "ada", "    - ada   # the head\n", ""],
    ["users.admin", "cem", "    - 'cem'\n", ""],
    ["users.allowed", "dan", `"dan",eve`, "eve"],
    ["users.allowed", "eve", `"dan",eve`, `"dan"`],
  ])("removes from %s: %s", (key, item, before, after) => {
    expect(removeItem(layout, keyPath(key), value(item))).toBe(layout.replace(before, after));
  });
  it("makes a list of one name", () => {
    expect(addItem("users:\n  admin: ada # me\n", ["users", "admin"], value("bob"))).toBe(
      "users:\n  admin: [ada, bob] # me\n",
    );
  });
  it("leaves an empty list behind", () => {
    expect(removeItem("users:\n  admin:\n  - ada\n", ["users", "admin"], value("ada"))).toBe(
      "users:\n  admin: []\n",
    );
  });
  it("adds to an empty list and to nothing", () => {
    expect(addItem("users:\n  admin: []\n", ["users", "admin"], value("ada"))).toBe(
      "users:\n  admin: [ada]\n",
    );
    expect(addItem("users:\n  admin: # who\n", ["users", "admin"], value("ada"))).toBe(
      "users:\n  admin: # who\n    - ada\n",
    );
  });
  it("does not add to a section", () => {
    expect(() => addItem("users: {admin: {}}\n", ["users", "admin"], value("ada"))).toThrow(EditProblem);
  });
});

describe("in a long list", () => {
  const names = Array.from({ length: 100 }, (_, index) => `pupil${index}`);
  const list = names.map((each) => `    - ${each}\n`).join("");
  const text = `users:\n  allowed:\n${list}  admin: [ada]\n`;
  const allowed = ["users", "allowed"];

  it("an item is added after the last", () => {
    expect(addItem(text, allowed, value("zoe"))).toBe(text.replace(list, `${list}    - zoe\n`));
  });
  it("nothing is added twice", () => {
    expect(addItem(text, allowed, value("pupil57"))).toBe(text);
  });
  it.each(["pupil0", "pupil57", "pupil99"])("%s is removed with its line", (each) => {
    expect(removeItem(text, allowed, value(each))).toBe(text.replace(`    - ${each}\n`, ""));
  });
  it("another key is set and the list stays", () => {
    expect(setValue(text, ["users", "admin"], value("[bob]"))).toBe(text.replace("[ada]", "[bob]"));
  });
  it("the list as a whole is set and unset", () => {
    expect(setValue(text, allowed, value("[]"))).toBe("users:\n  allowed: []\n  admin: [ada]\n");
    expect(unsetValue(text, allowed)).toBe("users:\n  admin: [ada]\n");
  });
  it("lines that only look like one stay text", () => {
    const note = `x-note: |\n${list}${text}`;
    expect(addItem(note, allowed, value("zoe"))).toBe(
      note.replace("  admin: [ada]", "    - zoe\n  admin: [ada]"),
    );
  });
});

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/);
const word = fc.oneof(
  name,
  fc.constantFrom(
    "007",
    "12345",
    "on",
    "null",
    "true",
    "a b",
    "a: b",
    "#x",
    "'",
    '"',
    "1e3",
    "ä",
    "x'y\\z",
    "-",
    "[",
    "*a",
    "&a",
    "!",
    "%",
    "@",
    "`",
  ),
);
const comment = fc.constantFrom("", " # note", "   # a: b - c");
const lineBreak = fc.constantFrom("\n", "\r\n");

/** Texts of all layouts that people write, with two levels of sections. */
const texts = fc
  .tuple(
    fc.uniqueArray(
      fc.tuple(
        name,
        fc.array(fc.tuple(name, word, comment, fc.constantFrom("plain", "flow", "list", "dense")), {
          minLength: 1,
          maxLength: 4,
        }),
        comment,
      ),
      {
        selector: ([key]) => key,
        maxLength: 4,
      },
    ),
    lineBreak,
    fc.boolean(),
    fc.constantFrom("", "# head\n", "\n", "---\n"),
  )
  .map(([sections, end, closed, head]) => {
    const lines = sections.flatMap(([section, keys, note]) => {
      const unique = [...new Map(keys.map((key) => [key[0], key])).values()];
      if (unique[0]?.[3] === "dense") {
        return [
          `${section}: {${unique.map(([key, text]) => `${key}: ${JSON.stringify(text)}`).join(", ")}}${note}`,
        ];
      }
      return [
        `${section}:${note}`,
        ...unique.flatMap(([key, text, inner, style]) => {
          const quoted = JSON.stringify(text);
          if (style === "list") return [`  ${key}:${inner}`, `  - ${quoted}${inner}`, `  - x`];
          return [`  ${key}: ${style === "flow" ? `[${quoted}, y]` : quoted}${inner}`];
        }),
      ];
    });
    const text = (head + lines.join("\n") + (closed && lines.length > 0 ? "\n" : "")).replaceAll("\n", end);
    return text;
  });
const paths = fc.array(name, { minLength: 1, maxLength: 3 });

function get(text: string, path: readonly string[]): unknown {
  const { root } = parse(text);
  const node = root && nodeAt(root, path);
  return node && plainText(node);
}

/** What an edit gives, or undefined where it is refused. */
function attempt(edit: () => string): string | undefined {
  try {
    return edit();
  } catch (error) {
    if (error instanceof EditProblem) return undefined;
    throw error;
  }
}

describe("for every layout", () => {
  it("what is set is what is read", () => {
    expect(
      counterexample(
        fc.property(texts, paths, word, (text, path, written) => {
          const edited = attempt(() => setValue(text, path, textValue(written)));
          return edited === undefined || get(edited, path) === written;
        }),
      ),
    ).toBeUndefined();
  });
  it("unset after set of a new key is the text as it was", () => {
    expect(
      counterexample(
        fc.property(texts, paths, word, (text, path, written) => {
          fc.pre(get(text, path) === undefined);
          const edited = attempt(() => setValue(text, path, textValue(written)));
          return edited === undefined || unsetValue(edited, path) === text;
        }),
      ),
    ).toBeUndefined();
  });
  it("a set keeps every line that it is not about", () => {
    expect(
      counterexample(
        fc.property(texts, paths, word, (text, path, written) => {
          const edited = attempt(() => setValue(text, path, textValue(written)));
          if (edited === undefined) return true;
          const kept = new Set(edited.split(/\r?\n/));
          const lost = text.split(/\r?\n/).filter((line) => !kept.has(line));
          const touched = get(text, path);
          const lines = Array.isArray(touched) ? touched.length + 1 : touched instanceof Map ? 20 : 1;
          return lost.length <= lines;
        }),
      ),
    ).toBeUndefined();
  });
  it("add then remove leaves the other items", () => {
    expect(
      counterexample(
        fc.property(texts, paths, word, (text, path, item) => {
          const before = get(text, path);
          fc.pre(before === undefined || (Array.isArray(before) && !before.includes(item)));
          const added = attempt(() => addItem(text, path, textValue(item)));
          if (added === undefined) return true;
          const items = Array.isArray(before) ? before : [];
          const removed = removeItem(added, path, textValue(item));
          return (
            isDeepStrictEqual(get(added, path), [...items, item]) &&
            isDeepStrictEqual(get(removed, path), items)
          );
        }),
      ),
    ).toBeUndefined();
  });
});
