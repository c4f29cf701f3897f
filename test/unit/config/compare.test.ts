import { describe, expect, it } from "vitest";
import { compareConfigs, waitsForNextStart } from "../../../config/compare.ts";
import { configFrom } from "./config-from.ts";

function changes(before: string, after: string): string[] {
  return compareConfigs(configFrom(before), configFrom(after));
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`).join(", ");
const github = (settings: string) => `auth: {type: github, GitHubOAuthenticator: {${settings}}}`;

describe("what differs between two configs", () => {
  it.each<[string, string, string, string[]]>([
    ["nothing", "limits: {memory: 1G}", "limits: {memory: 1024M} # each", []],
    ["a size", "limits: {memory: 1G}", "limits: {memory: 1.5G}", ["limits.memory 1G -> 1.5G"]],
    ["a size that was computed", "", "limits: {memory: 1G}", ["limits.memory auto -> 1G"]],
    ["a number that is no size", "", "http: {port: 8080}", ["http.port 80 -> 8080"]],
    ["a limit that goes", "limits: {cpu: 2}", "", ["limits.cpu 2 -> (none)"]],
    ["an empty text", "http: {address: 127.0.0.1}", "", ["http.address 127.0.0.1 -> (none)"]],
    ["a flag", "", "services: {cull: {users: true}}", ["services.cull.users false -> true"]],
    [
      "a person's limit, whose name has dots",
      "",
      "limits: {users: {ada@x.org: {memory: 2G}}}",
      ['limits.users."ada@x.org".memory (none) -> 2G'],
    ],
    ["people", "users: {allowed: [a, b]}", "users: {allowed: [b, c, d]}", ["users.allowed +c +d -a"]],
    [
      "ten people",
      "",
      `users: {allowed: [${names(10)}]}`,
      [`users.allowed +${names(10).replaceAll(", ", " +")}`],
    ],
    ["more people than a line holds", "", `users: {allowed: [${names(11)}]}`, ["users.allowed +11"]],
    ["their order", "users: {admin: [a, b]}", "users: {admin: [b, a]}", ["users.admin in another order"]],
    [
      "a new group",
      "",
      "users: {extra_user_groups: {ta: [a]}}",
      ['users.extra_user_groups.ta (none) -> ["a"]'],
    ],
    [
      "several keys, by their names",
      "",
      "services: {cull: {every: 30}}\nbase_url: /a\nhttp: {port: 81}",
      ["base_url / -> /a/", "http.port 80 -> 81", "services.cull.every 60 -> 30"],
    ],
  ])("%s", (_, before, after, words) => {
    expect(changes(before, after)).toEqual(words);
  });
});

describe("secrets in what differs", () => {
  it.each<[string, string, string, string[]]>([
    [
      "that come",
      github(""),
      github("client_secret: hunter2"),
      ["auth.GitHubOAuthenticator.client_secret (none) -> ********"],
    ],
    [
      "that change",
      github("client_secret: hunter2"),
      github("client_secret: hunter3"),
      ["auth.GitHubOAuthenticator.client_secret changed"],
    ],
    [
      "below a key that names them",
      github("token_params: {a: hunter2}, extra_params: {app_token: {b: hunter2}}"),
      github("token_params: {a: other}, extra_params: {app_token: {b: hunter3}}"),
      [
        "auth.GitHubOAuthenticator.extra_params.app_token changed",
        "auth.GitHubOAuthenticator.token_params.a hunter2 -> other",
      ],
    ],
    [
      "in a list",
      "auth: {SchoolPortal: {api_tokens: [hunter2]}}",
      "auth: {SchoolPortal: {api_tokens: [hunter3]}}",
      ["auth.SchoolPortal.api_tokens changed"],
    ],
    [
      "in the items of a list",
      "auth: {SchoolPortal: {apps: [{name: a, password: hunter2}]}}",
      "auth: {SchoolPortal: {apps: [{name: a, password: hunter3}]}}",
      ["auth.SchoolPortal.apps changed"],
    ],
    [
      "in an address",
      "",
      'environment: {packages: ["kit @ git+https://me:hunter2@git.example/kit"]}',
      ["environment.packages +kit @ git+https://********@git.example/kit"],
    ],
  ])("%s are hidden", (_, before, after, words) => {
    expect(changes(before, after)).toEqual(words);
    expect(changes(before, after).join()).not.toContain("hunter3");
  });
});

describe("a change that servers which run take up later", () => {
  it("is one of what they are started with", () => {
    const waits = (before: string, after: string) => waitsForNextStart(configFrom(before), configFrom(after));
    expect(waits("", "user_environment: {default_app: classic}")).toBe(true);
    expect(waits("", "limits: {memory: 1G}")).toBe(false);
    expect(
      waits("user_environment: {default_app: classic}", "user_environment: {default_app: classic}"),
    ).toBe(false);
  });
});
