import { describe, expect, it } from "vitest";
import { dotted, isPluginSection, kindOf, sectionWith } from "../../../config/schema-words.ts";
import { resolveSchema, schemaAt, typesOf } from "../../../config/schema.ts";
import type { ConfigNode, MapEntry, ScalarNode } from "../../../config/document.ts";

const span = { start: 0, end: 0 };
const scalar = (text: string, plain = true): ScalarNode => ({ kind: "scalar", text, plain, span });

describe("the schema at a path", () => {
  it.each<[string, string[], string[]]>([
    ["a key", ["http", "port"], ["integer", "null"]],
    ["a section", ["services", "cull"], ["object", "null"]],
    ["a key of a person", ["limits", "users", "ada", "memory"], ["string", "number", "null"]],
    ["a group's people", ["users", "extra_user_groups", "ta"], ["array", "null"]],
  ])("is that of %s", (_, path, types) => {
    expect(typesOf(schemaAt(path) ?? {}).toSorted()).toEqual(types.toSorted());
  });
  it.each<[string, string[]]>([
    ["no key", ["nothing"]],
    ["nothing below a value", ["http", "port", "more"]],
    ["nothing below no key", ["nothing", "at", "all"]],
    ["a word that every object knows", ["constructor"]],
  ])("is undefined for %s", (_, path) => {
    expect(schemaAt(path)).toBeUndefined();
  });
  it("is the whole without a path, and free for notes", () => {
    expect(schemaAt([])?.properties).toHaveProperty("limits");
    expect(schemaAt(["x-note"])).toBeDefined();
  });
  it("follows a reference, and keeps what stands beside it", () => {
    const name = schemaAt(["users", "admin"])?.items ?? {};
    expect(name.$ref).toBe("#/$defs/name");
    expect(typesOf(resolveSchema(name)).length).toBeGreaterThan(0);
    expect(resolveSchema({ ...name, description: "d" }).description).toBe("d");
    expect(resolveSchema({ type: "string" })).toEqual({ type: "string" });
  });
  it("has one type, several or none", () => {
    expect([typesOf({ type: "string" }), typesOf({ type: ["string", "null"] }), typesOf({})]).toEqual([
      ["string"],
      ["string", "null"],
      [],
    ]);
  });
});

describe("words of problems", () => {
  it.each([
    ["ada", "text"],
    ["5", "a number"],
    ["5.5", "a decimal number"],
    ["true", "true or false"],
    ["2026-01-01", "a date"],
    ["~", "nothing"],
  ])("%s is %s", (text, words) => {
    expect(kindOf(scalar(text))).toBe(words);
  });
  it("name the one section that has a key", () => {
    expect(sectionWith("reserve")).toBe("limits");
    expect(sectionWith("cull")).toBe("services");
    // http and https have one each.
    expect(sectionWith("port")).toBeUndefined();
    expect(sectionWith("nothing")).toBeUndefined();
    // traefik_api has it too, which nothing reads.
    expect(sectionWith("username")).toBeUndefined();
    expect(sectionWith("toString")).toBeUndefined();
    expect(dotted(["a", "b"])).toBe("a.b");
  });
  it("know where TLJH leaves sections to plugins", () => {
    const entry = (value: ConfigNode): MapEntry => ({ key: "p", keySpan: span, value });
    const section = entry({ kind: "map", entries: [], span });
    expect(isPluginSection(section, [])).toBe(true);
    expect(isPluginSection(section, ["services"])).toBe(true);
    expect(isPluginSection(section, ["limits"])).toBe(false);
    expect(isPluginSection(section, ["services", "cull"])).toBe(false);
    expect(isPluginSection(entry(scalar("x")), [])).toBe(false);
  });
});
