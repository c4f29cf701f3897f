import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../config/load.ts";
import { accountName } from "../../../installer/desired/account-name.ts";
import type { MachineFacts } from "../../../config/facts.ts";
import type { Problem } from "../../../config/problem.ts";

/**
 * Each NAME.yaml in test/cases/config has a NAME.expect: a comment, then the problems in their order as
 * `LINE:COLUMN SEVERITY CODE PATH` with the message and the hint in the two lines below, then `means KEY JSON` for
 * parts of the Config, and `facts JSON` where the rules need a machine.
 */
const folder = new URL("../../cases/config/", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".expect"))
  .map((file) => file.replace(".expect", ""));

describe("sample configs", () => {
  it.each(names)("%s", (name) => {
    const lines = readFileSync(new URL(`${name}.expect`, folder), "utf8")
      .trimEnd()
      .split("\n");
    const facts = lines.find((line) => line.startsWith("facts "))?.slice("facts ".length);
    const { problems, config } = loadConfig(readFileSync(new URL(`${name}.yaml`, folder)), {
      allowNotYet: true,
      accountOf: accountName,
      ...(facts !== undefined && { facts: JSON.parse(facts) as MachineFacts }),
    });
    expect(problems.flatMap(wordsOf)).toEqual(lines.filter((line) => /^(?:\d+:|  )/.test(line)));
    for (const line of lines.filter((line) => line.startsWith("means "))) {
      const [, key = "", json = ""] = /^means (\S+) (.*)$/.exec(line) ?? [];
      expect(JSON.stringify(at(config, key.split(".")))).toBe(json);
    }
  });
});

function wordsOf({ line, column, severity, code, path, message, hint }: Problem): string[] {
  return [`${line}:${column} ${severity} ${code} ${path}`.trim(), `  ${message}`, `  ${hint}`];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}
