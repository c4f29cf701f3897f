import { describe, expect, it } from "vitest";
import {
  defaultWords,
  exampleText,
  keyReferences,
  kindWords,
  referencePage,
} from "../../../config/reference.ts";
import { effective } from "../../../config/effective.ts";
import { loadConfig } from "../../../config/load.ts";
import { jsonOf, treeOf } from "../../../config/values.ts";
import { parse } from "../../../config/parse.ts";
import type { Config } from "../../../config/config.ts";
import type { KeyReference } from "../../../config/reference.ts";

/** What is said of a key that stands there without the ones that it goes with. */
const halves = new Set(["unused", "cull-timeout", "letsencrypt-incomplete"]);

function of(key: string): KeyReference {
  const found = keyReferences().find(({ path }) => path.join(".") === key);
  if (found === undefined) throw new Error(`no key ${key}`);
  return found;
}

describe("the reference", () => {
  it.each([
    ["base_url", "text", "`/`"],
    ["users.admin", "a list", "an empty list"],
    ["users.extra_user_groups", "a section", "empty"],
    ["limits.memory", "a size or `auto`", "`auto`"],
    ["limits.cpu", "a number above 0 to 4096", "no default"],
    ["limits.users.<name>.tasks", "a whole number from 16 to 4194304", "no default"],
    ["http.address", "text", "empty"],
    ["http.port", "a whole number from 1 to 65535", "`80`"],
    ["https.enabled", "`true` or `false`", "`false`"],
    [
      "user_environment.default_app",
      "`jupyterlab` or `notebook` or `classic` or a path of the server",
      "`jupyterlab`",
    ],
  ])("says of %s that it is %s, default %s", (key, kind, byDefault) => {
    expect(kindWords(of(key).part)).toBe(kind);
    expect(defaultWords(of(key).part)).toBe(byDefault);
  });
  it("tells sections from keys", () => {
    expect([of("limits").section, of("limits.users").section, of("limits.memory").section]).toEqual([
      true,
      true,
      false,
    ]);
  });
  it("gives examples that are valid where they stand", () => {
    const examples = keyReferences()
      .map(exampleText)
      .filter((text) => text !== undefined);
    expect(examples.length).toBeGreaterThan(30);
    const wrong = examples.filter((text) =>
      loadConfig(text, { allowNotYet: true }).problems.some(({ code }) => !halves.has(code)),
    );
    expect(wrong).toEqual([]);
  });
  it("has every key on its page, those of TLJH marked", () => {
    const page = referencePage();
    const keys = keyReferences().map(({ path }) => path.join("."));
    expect(keys.filter((key) => !page.includes(`\`${key}\`\n`))).toEqual([]);
    expect(page).toContain("### `limits.memory`\n");
    expect(page).toContain("## `limits`\n");
    expect(page).toMatch(/### `limits\.cpu`\n\n[^#]*TLJH has the same key\./);
  });
});

describe("the effective config", () => {
  const load = (text: string): Config => {
    const { config } = loadConfig(text, { allowNotYet: true });
    if (config === undefined) throw new Error("not valid");
    return config;
  };
  it("has a value for every key of the reference that counts", () => {
    const tree = effective(load(""));
    const missing = keyReferences()
      .filter(
        ({ path, section }) =>
          !section && !path.includes("<name>") && !["traefik_api"].includes(path[0] ?? ""),
      )
      .map(({ path }) => path)
      .filter(
        (path) =>
          path.reduce<unknown>(
            (value, key) => (value as Record<string, unknown> | undefined)?.[key],
            tree,
          ) === undefined,
      );
    expect(missing).toEqual([["services", "configurator"]]);
  });
  it("keeps what single people get", () => {
    expect(effective(load("limits:\n  users: {ada: {memory: 2G, cpu: 1}}\n"))["limits"]).toMatchObject({
      users: { ada: { memory: 2_147_483_648, cpu: 1 } },
    });
  });
});

describe("values", () => {
  it("survive the way to a tree and back", () => {
    const value = { a: null, b: [1, "x", true, 1.5, "1"], c: { d: "" } };
    expect(jsonOf(treeOf(value))).toEqual(value);
  });
  it("keep every digit", () => {
    const { root } = parse("a: 123456789012345678901234567890\nb: .inf\nc: 2025-09-01\n");
    const text = JSON.stringify(root && jsonOf(root));
    expect(text).toBe('{"a":123456789012345678901234567890,"b":".inf","c":"2025-09-01"}');
    expect(root && JSON.stringify(jsonOf(treeOf(jsonOf(root))))).toBe(text);
  });
});
