import { Command, CommanderError } from "commander";
import { expect, test } from "vitest";
import { programFor } from "../../../installer/cli/commands.ts";
import { makeStrict } from "../../../installer/cli/strict-commands.ts";

/** What a command says for its help. */
function helpOf(command: Command): string {
  let said = "";
  command.configureOutput({ writeOut: (text) => (said += text) }).outputHelp();
  return said;
}

test("the help of every command has examples", async () => {
  const { commands } = await programFor(["--help"]);
  const without = commands.filter((command) => !/^Examples\b.*:\n {2}\S/m.test(helpOf(command)));
  expect(without.map((command) => command.name())).toEqual([]);
  expect(commands.length).toBeGreaterThan(8);
});

/** Runs words that are wrong: the exit code that commander would end with, and what it says. */
async function saidOf(...words: string[]): Promise<string> {
  const program = await programFor(words);
  makeStrict(program);
  let said = "";
  const quiet = (command: Command) => {
    command.configureOutput({ writeErr: (text) => (said += text), writeOut: (text) => (said += text) });
    command.commands.forEach(quiet);
  };
  quiet(program);
  await expect(program.parseAsync(words, { from: "user" })).rejects.toBeInstanceOf(CommanderError);
  return said;
}

test.each([
  ["aply", "unknown command 'aply'", "Did you mean apply?", "homeroom --help"],
  ["config st", "unknown command 'st'", "Did you mean set?", "homeroom config --help"],
  ["users lst", "unknown command 'lst'", "Did you mean list?", "homeroom users --help"],
  ["tasks shw", "unknown command 'shw'", "Did you mean show?", "homeroom tasks --help"],
  ["sandbox upp", "unknown command 'upp'", "Did you mean up?", "homeroom sandbox --help"],
  ["apply --yess", "unknown option '--yess'", "Did you mean --yes?", "homeroom apply --help"],
  ["config set", "missing required argument", "homeroom config set --help", ""],
])("homeroom %s: what is wrong, what was meant, where to read on", async (line, ...words) => {
  const said = await saidOf(...line.split(" "));
  for (const expected of words) expect(said).toContain(expected);
});

test("a word that is nothing like a command has no suggestion", async () => {
  expect(await saidOf("config", "xylophone")).not.toContain("Did you mean");
});
