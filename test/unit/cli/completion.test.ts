import { describe, expect, test } from "vitest";
import { candidatesFor } from "../../../installer/cli/completion/candidates.ts";
import type { KnownNames } from "../../../installer/cli/completion/known-names.ts";
import { visibleCommands, visibleOptions } from "../../../installer/cli/completion/position.ts";
import { splitLine } from "../../../installer/cli/completion/split-line.ts";
import { programFor } from "../../../installer/cli/commands.ts";

/** What somebody may know who may read nothing. */
const nothing: KnownNames = {
  config: async () => undefined,
  people: async () => [],
  groups: async () => [],
  generations: async () => [],
  tasks: async () => [],
};

async function candidates(...words: string[]): Promise<string[]> {
  const { completions } = await candidatesFor(await programFor(words), words, nothing);
  return completions.map(({ value }) => value);
}

describe("the words of a line", () => {
  test.each<[string, string[]]>([
    ["homeroom con", ["homeroom", "con"]],
    ["homeroom config ", ["homeroom", "config", ""]],
    ["homeroom  check 'my con", ["homeroom", "check", "my con"]],
    [`homeroom get 'a "b"' "c \\" d" e\\ f`, ["homeroom", "get", 'a "b"', 'c " d', "e f"]],
    [`homeroom get limits.users."ada@x".`, ["homeroom", "get", "limits.users.ada@x."]],
    ["", [""]],
  ])("%j", (line, words) => expect(splitLine(line)).toEqual(words));
});

describe("candidates", () => {
  test("are the commands and options of the program, whatever is added to it", async () => {
    const program = await programFor([]);
    expect(await candidates("")).toEqual(visibleCommands(program).map((command) => command.name()));
    for (const command of program.commands) {
      const options = visibleOptions(command).map(({ long }) => long);
      expect(await candidates(command.name(), "-")).not.toContain("install");
      expect(await candidates(command.name(), "--")).toEqual(options);
      expect(options).toContain("--trace");
    }
  });

  test("leave out what only units call", async () => {
    expect(await candidates("")).not.toContain("recover");
    expect(await candidates("rec")).toEqual([]);
  });

  test("know aliases, values behind = and the end of options", async () => {
    expect(await candidates("config", "add-item", "users.ad")).toEqual(["users.admin"]);
    expect(await candidates("sandbox", "up", "--image=t")).toEqual(["--image=trixie"]);
    expect(await candidates("config", "set", "--", "--")).toEqual([]);
    expect(await candidates("config", "set", "--string", "http.p")).toEqual(["http.port="]);
    expect(await candidates("config", "try", "--for", "")).toEqual([]);
  });

  test("come one step at a time, and only lists where items are added", async () => {
    expect(await candidates("config", "get", "services.cu")).toEqual(["services.cull."]);
    expect(await candidates("config", "add", "users.")).toEqual([
      "users.allowed",
      "users.banned",
      "users.admin",
      "users.extra_user_groups.",
    ]);
    expect(await candidates("config", "get", "no.such.")).toEqual([]);
  });

  test("are options where nothing else may follow", async () => {
    expect(await candidates("version", "")).toContain("--json");
  });
});
