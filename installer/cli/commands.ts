import { Command } from "commander";

type Load = () => Promise<Command>;

/** Every command by its name, loaded when it is needed: one starts without the libraries of all the others. */
const commands: Readonly<Record<string, Load>> = {
  install: async () => (await import("./install.ts")).installCommand(),
  config: async () => (await import("./config.ts")).configCommand(),
  plan: async () => (await import("./plan.ts")).planCommand(),
  apply: async () => (await import("./apply.ts")).applyCommand(),
  upgrade: async () => (await import("./upgrade.ts")).upgradeCommand(),
  users: async () => (await import("./users.ts")).usersCommand(),
  env: async () => (await import("./env.ts")).envCommand(),
  status: async () => (await import("./status.ts")).statusCommand(),
  doctor: async () => (await import("./doctor.ts")).doctorCommand(),
  logs: async () => (await import("./logs.ts")).logsCommand(),
  alerts: async () => (await import("./alerts.ts")).alertsCommand(),
  watch: async () => (await import("./watch.ts")).watchCommand(),
  report: async () => (await import("./report.ts")).reportCommand(),
  tasks: async () => (await import("./tasks.ts")).tasksCommand(),
  uninstall: async () => (await import("./uninstall.ts")).uninstallCommand(),
  sandbox: async () => (await import("./sandbox.ts")).sandboxCommand(),
  completion: async () => (await import("./completion.ts")).completionCommand(),
  version: async () => (await import("./version.ts")).versionCommand(),
};

/** What only units, shells and bootstrap.sh call; not in the help. */
const innerCommands: Readonly<Record<string, Load>> = {
  certificate: async () => (await import("./certificate.ts")).certificateCommand(),
  account: async () => (await import("./account.ts")).accountCommand(),
  recover: async () => (await import("./recover.ts")).recoverCommand(),
  complete: async () => (await import("./complete.ts")).completeCommand(programFor),
};

/** The program with the command that the words name; with all of them for a help text or a misspelled name. */
export async function programFor(words: readonly string[]): Promise<Command> {
  const program = new Command("homeroom")
    .description("A JupyterHub for one class on one server.")
    .option("--root <directory>", "another root than / (for tests)")
    .option("--trace", "print every process and file change, secrets masked")
    .addHelpText("after", "\nExamples:\n  sudo homeroom status\n  homeroom config reference limits.memory");
  for (const command of await neededCommands(words)) program.addCommand(command);
  return program;
}

async function neededCommands(words: readonly string[]): Promise<Command[]> {
  const named = words.find((word) => Object.hasOwn(commands, word) || Object.hasOwn(innerCommands, word));
  const load = commands[named ?? ""] ?? innerCommands[named ?? ""];
  return load === undefined ? Promise.all(Object.values(commands).map((each) => each())) : [await load()];
}
