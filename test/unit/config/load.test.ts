import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../config/load.ts";
import { notYet } from "../../../config/not-yet.ts";
import { schemaAt } from "../../../config/schema.ts";

describe("loadConfig", () => {
  it("reads long lists as it reads short ones", () => {
    const names = Array.from({ length: 100 }, (_, index) => `pupil${index}`);
    const list = names.map((name) => `    - ${name}\n`).join("");
    const text = `users:\n  allowed:\n${list}  admin: [x, x]\nx-note: |\n${list}`;
    const { config, problems } = loadConfig(text);
    expect(config?.users.allowed).toEqual(names);
    expect(problems).toMatchObject([{ code: "same-name", line: 103, column: 14 }]);
  });
  it("takes 5,000 people", () => {
    const list = Array.from({ length: 5000 }, (_, index) => `    - p${index}\n`).join("");
    expect(loadConfig(`users:\n  allowed:\n${list}`).config?.users.allowed).toHaveLength(5000);
  });
  it("refuses more than 1 MiB", () => {
    expect(loadConfig(`# ${"x".repeat(1024 * 1024)}`).problems).toMatchObject([
      { code: "too-large", line: 1 },
    ]);
    expect(loadConfig(`# ${"x".repeat(1024 * 1024 - 2)}`).problems).toEqual([]);
  });
  it("refuses by name what nothing carries out yet", () => {
    expect(loadConfig("environment:\n  from: /srv/course\n").problems).toMatchObject([
      { code: "not-yet", path: "/environment/from", line: 2, column: 9 },
    ]);
    expect(notYet.filter(({ path }) => schemaAt(path) === undefined)).toEqual([]);
  });
  it("says which rules were skipped for want of a machine", () => {
    expect(loadConfig("").skipped).toContain("portsAreFree");
    expect(loadConfig("", { facts: { memory: 1, cores: 1, listeners: [], now: 0 } }).skipped).toEqual([]);
  });
  it("hides secrets in excerpts", () => {
    const { problems } = loadConfig(
      "auth:\n  type: github\n  GitHubOAuthenticator:\n    client_secret: [hunter2]\n",
    );
    expect(problems[0]?.excerpt).toBe("    client_secret: ********");
  });
});
