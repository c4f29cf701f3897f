import { describe, expect, it } from "vitest";
import { completeKey, holdsNames, valuesOf } from "../../../config/complete.ts";
import { parse } from "../../../config/parse.ts";
import type { CompleteKeyOptions } from "../../../config/complete.ts";

const keys = (typed: string, options?: CompleteKeyOptions) =>
  completeKey(typed, options).map(({ value }) => value);
const root = parse(
  "users:\n  extra_user_groups: {ta: [ada], 'it.s': [bob]}\nlimits:\n  users: {ada@x.org: {memory: 1G}}\n",
).root;

describe("a key that is typed in part", () => {
  it("goes on one step at a time; sections end with a dot", () => {
    expect(keys("")).toContain("base_url");
    expect(keys("")).toContain("limits.");
    expect(keys("")).not.toContain("limits");
    expect(keys("limits.")).toEqual(
      expect.arrayContaining(["limits.memory", "limits.cpu", "limits.groups.", "limits.users."]),
    );
    expect(keys("limits.m")).toEqual(["limits.memory"]);
    expect(keys("limits.memory.")).toEqual([]);
    expect(keys("nothing.")).toEqual([]);
  });
  it("leaves out what nothing reads", () => {
    expect(keys("tr")).toEqual([]);
    expect(keys("services.")).toEqual(["services.cull."]);
  });
  it("says what a key does", () => {
    const [memory] = completeKey("limits.mem");
    expect(memory?.description).toMatch(/^\w.*[^.:]$/);
  });
  it("knows the names that are written, in quotes where they have dots", () => {
    expect(keys("limits.users.", { root })).toEqual(['limits.users."ada@x.org".']);
    expect(keys('limits.users."ada', { root })).toEqual(['limits.users."ada@x.org".']);
    expect(keys('limits.users."ada@x.org".c', { root })).toEqual(['limits.users."ada@x.org".cpu']);
    expect(keys("users.extra_user_groups.", { root })).toEqual([
      "users.extra_user_groups.ta",
      'users.extra_user_groups."it.s"',
    ]);
    expect(keys("limits.users.")).toEqual([]);
  });
  it("ends as is asked for", () => {
    expect(keys("http.p", { end: "=" })).toEqual(["http.port="]);
    expect(keys("http", { end: "=" })).toEqual(["http.", "https."]);
  });
  it("may be only one that is written, or a list", () => {
    expect(keys("", { root, only: "written" })).toEqual(["users.", "limits."]);
    expect(keys("users.", { root, only: "written" })).toEqual(["users.extra_user_groups."]);
    expect(keys("http.", { only: "written" })).toEqual(["http.address", "http.port", "http.trusted_proxies"]);
    expect(keys("users.", { only: "lists" })).toEqual([
      "users.allowed",
      "users.banned",
      "users.admin",
      "users.extra_user_groups.",
    ]);
    expect(keys("http.", { only: "lists" })).toEqual(["http.trusted_proxies"]);
  });
  it("knows authenticators and their settings", () => {
    expect(keys("auth.GitH")).toEqual(["auth.GitHubOAuthenticator."]);
    expect(keys("auth.GitHubOAuthenticator.client_s")).toEqual(["auth.GitHubOAuthenticator.client_secret"]);
    expect(keys("auth.GitHubOAuthenticator.allowed_org", { only: "lists" })).toEqual([
      "auth.GitHubOAuthenticator.allowed_organizations",
    ]);
    expect(keys("auth.GitHubOAuthenticator.client_id", { only: "lists" })).toEqual([]);
    expect(keys("auth.Spawner")).toEqual([]);
    expect(keys("auth.Nobody.")).toEqual([]);
    const [secret] = completeKey("auth.GitHubOAuthenticator.client_secret");
    expect(secret?.description).not.toBe("");
    expect(secret?.description).not.toContain("\n");
    expect(completeKey("auth.GitH")[0]?.description).toBe("settings of this authenticator");
  });
});

describe("the values of a key", () => {
  it.each<[string, string[], string[]]>([
    ["choices", ["user_environment", "default_app"], ["jupyterlab", "notebook", "classic"]],
    ["a flag", ["services", "cull", "enabled"], ["true", "false"]],
    ["words beside sizes", ["limits", "memory"], ["auto"]],
    ["numbers", ["http", "port"], []],
    ["text", ["base_url"], []],
    ["no key", ["nothing"], []],
    ["a flag of an authenticator", ["auth", "FirstUseAuthenticator", "create_users"], ["true", "false"]],
    ["text of an authenticator", ["auth", "GitHubOAuthenticator", "client_id"], []],
    ["a setting that there is not", ["auth", "GitHubOAuthenticator", "nothing"], []],
  ])("%s", (_, path, values) => {
    expect(valuesOf(path)).toEqual(values);
  });
  it("of auth.type are the short names", () => {
    expect(valuesOf(["auth", "type"])).toEqual(
      expect.arrayContaining(["firstuse", "github", "dummy", "ldap"]),
    );
  });
});

describe("lists of people", () => {
  it.each<[string[], boolean]>([
    [["users", "admin"], true],
    [["users", "extra_user_groups", "ta"], true],
    [["users", "extra_user_groups"], false],
    [["environment", "apt"], false],
    [["https", "letsencrypt", "domains"], false],
  ])("%j: %s", (path, holds) => {
    expect(holdsNames(path)).toBe(holds);
  });
});
