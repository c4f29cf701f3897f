#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { exitCodes } from "../errors.ts";
import { print } from "./context.ts";
import { reportError } from "./report-error.ts";

/** Loaded one at a time: a command starts without the libraries of all the others. */
const commands: Record<string, () => Promise<Command>> = {
  install: async () => (await import("./install.ts")).installCommand(),
  config: async () => (await import("./config.ts")).configCommand(),
  plan: async () => (await import("./plan.ts")).planCommand(),
  apply: async () => (await import("./apply.ts")).applyCommand(),
  users: async () => (await import("./users.ts")).usersCommand(),
  status: async () => (await import("./status.ts")).statusCommand(),
  logs: async () => (await import("./logs.ts")).logsCommand(),
  tasks: async () => (await import("./tasks.ts")).tasksCommand(),
  sandbox: async () => (await import("./sandbox.ts")).sandboxCommand(),
  version: async () => (await import("./version.ts")).versionCommand(),
};

/** What only units and bootstrap.sh call; not in the help. */
const innerCommands: Record<string, () => Promise<Command>> = {
  account: async () => (await import("./account.ts")).accountCommand(),
  recover: async () => (await import("./recover.ts")).recoverCommand(),
};

const guide = `
Homeroom keeps a JupyterHub for one class on this machine.

  sudo homeroom users add NAME let somebody in
  sudo homeroom config edit    change limits, addresses, how people log in
  sudo homeroom status         is everything well, and if not: what, where, what to type
  sudo homeroom apply          make the machine what the config says
  sudo homeroom logs hub       what the hub said
  homeroom --help              every command`;

/** The whole command line; nothing else of the program exits the process. */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("homeroom")
    .description("A JupyterHub for one class on one server.")
    .option("--root <directory>", "another root than / (for tests)")
    .option("--trace", "print every process and file change, secrets masked")
    .addHelpText("after", "\nExamples:\n  sudo homeroom status\n  homeroom config reference limits.memory");
  if (argv.length === 2) {
    print(guide.trim());
    return exitCodes.done;
  }
  for (const command of await neededCommands(argv)) program.addCommand(command);
  throwInsteadOfExit(program);
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? exitCodes.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    return reportError(error);
  }
}

/** Commands made by themselves inherit nothing: without this commander would end the process in the middle. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride().showSuggestionAfterError();
  for (const each of command.commands) throwInsteadOfExit(each);
}

/** The command that was named; all of them for a help text or a misspelled name. */
async function neededCommands(argv: readonly string[]): Promise<Command[]> {
  const named = argv
    .slice(2)
    .find((word) => Object.hasOwn(commands, word) || Object.hasOwn(innerCommands, word));
  const load = commands[named ?? ""] ?? innerCommands[named ?? ""];
  return load === undefined ? Promise.all(Object.values(commands).map((each) => each())) : [await load()];
}

/** `--version` is what people type of any program. */
const words = process.argv.map((word, index) => (index === 2 && word === "--version" ? "version" : word));
process.exitCode = await main(words);
