import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { keyPath } from "../../../config/key-path.ts";
import { schemaAt } from "../../../config/schema.ts";
import { programFor } from "../../../installer/cli/commands.ts";
import { splitLine } from "../../../installer/cli/completion/split-line.ts";

const page = readFileSync(new URL("../../../docs/config.md", import.meta.url), "utf8");
/** Every command line that the page shows, without what the shell takes of it. */
const lines = [...page.matchAll(/(?:^|`)(?:sudo )?homeroom (config [^`\n]+)/gm)].map(([, words = ""]) =>
  words.replace(/ [<|].*$/, ""),
);

test.each([...new Set(lines)])("homeroom %s is a command with these options", async (line) => {
  const words = splitLine(line);
  let command: Command | undefined = await programFor(words);
  const rest = [...words];
  while (
    command?.commands.some((each) => each.name() === rest[0] || each.aliases().includes(rest[0] ?? ""))
  ) {
    const name = rest.shift();
    command = command.commands.find((each) => each.name() === name || each.aliases().includes(name ?? ""));
  }
  const options = words.filter((word) => word.startsWith("--"));
  const known = command?.options.flatMap(({ long }) => long ?? []);
  expect(command?.name()).toBe(words[1]);
  expect(known).toEqual(expect.arrayContaining(options));
  expect(rest.length > 0 || command?.registeredArguments.every(({ required }) => !required)).toBe(true);
});

test("the page names keys that there are, and every subcommand", async () => {
  const keys = [...page.matchAll(/config (?:set|unset|add|remove|get) ([a-z_]+\.[\w.]+)/g)].map(
    ([, key = ""]) => key,
  );
  expect(keys.length).toBeGreaterThan(4);
  expect(keys.filter((key) => !key.startsWith("auth.") && schemaAt(keyPath(key)) === undefined)).toEqual([]);
  const config = (await programFor(["config"])).commands[0];
  const untold = config?.commands
    .map((each) => each.name())
    .filter((name) => !page.includes(`config ${name}`) && !page.includes(`\`${name}\``));
  expect(untold).toEqual([]);
});
