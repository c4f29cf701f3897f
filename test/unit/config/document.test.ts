import { describe, expect, it } from "vitest";
import { entryOf, nodeAt } from "../../../config/document.ts";
import { parse } from "../../../config/parse.ts";
import { finding, keySpan } from "../../../config/rules/rule.ts";
import type { MapNode } from "../../../config/document.ts";
import type { RuleContext } from "../../../config/rules/rule.ts";

const text = "users:\n  admin: [ada, bob]\n  banned:\nhttp: {}\nx-a: ''\n";
const root = () => parse(text).root as MapNode;

describe("a node at a path", () => {
  it.each<[string[], string | undefined]>([
    [["users", "admin", "1"], "bob"],
    [["users", "admin", "2"], undefined],
    [["users", "banned"], ""],
    [["users", "nobody"], undefined],
    [["users", "banned", "0"], undefined],
    [["nothing", "at", "all"], undefined],
  ])("%j", (path, found) => {
    const node = nodeAt(root(), path);
    expect(node?.kind === "scalar" ? node.text : undefined).toBe(found);
  });
  it("is the root without a path, and an entry of a map by its key", () => {
    expect(nodeAt(root(), [])).toBe(root());
    expect(entryOf(root(), "http")?.value.kind).toBe("map");
    expect(entryOf(root(), "htp")).toBeUndefined();
  });
});

describe("the place of a finding", () => {
  const at = (path: string[]) => {
    const { span } = finding({ root: root() } as RuleContext, "error", "code", path, "message", "hint");
    return text.slice(span.start, span.end);
  };
  it.each<[string, string[], string]>([
    ["a value", ["users", "admin", "0"], "ada"],
    ["the key of a list", ["users", "admin"], "admin"],
    ["the key of nothing", ["users", "banned"], "banned"],
    ["the key of an empty text", ["x-a"], "x-a"],
    ["the key of a section", ["http"], "http"],
    ["the nearest section of a key that is not written", ["http", "port"], "http"],
    ["the nearest section further up", ["users", "extra_user_groups", "ta"], "users"],
    ["the item before the end of a list", ["users", "admin", "5"], "admin"],
    ["nothing, at the start, where no section is written", ["services", "cull", "timeout"], ""],
  ])("is %s", (_, path, words) => {
    expect(at(path)).toBe(words);
  });
  it("keeps what is said", () => {
    expect(finding({ root: root() } as RuleContext, "warning", "c", ["http"], "m", "h")).toEqual({
      severity: "warning",
      code: "c",
      path: ["http"],
      span: { start: text.indexOf("http"), end: text.indexOf("http") + 4 },
      message: "m",
      hint: "h",
    });
  });
  it("is the key where the key is meant", () => {
    const key = (path: string[]) => text.slice(keySpan(root(), path).start, keySpan(root(), path).end);
    expect(key(["users", "admin"])).toBe("admin");
    expect(key(["http"])).toBe("http");
    expect(keySpan(root(), ["nothing"])).toEqual(root().span);
  });
});
