import { Command } from "commander";

/** `homeroom users`: who is in the class. Each subcommand is a module of its own that is loaded when it runs. */
export function usersCommand(): Command {
  const command = new Command("users")
    .description("Say who is in the class: look, add, remove.")
    .addHelpText("after", examples)
    .action(() => command.outputHelp());
  addLooking(command);
  addChanging(command);
  return command;
}

const examples = `
Examples:
  sudo homeroom users add alice bob --group choir
  sudo homeroom users list
  sudo homeroom users remove bob`;

function addLooking(command: Command): void {
  command
    .command("list")
    .description("List everybody.")
    .option("--json", "as data")
    .action(async (_: object, self: Command) =>
      (await import("./users/list.ts")).listUsers(self.optsWithGlobals()),
    );
}

function addChanging(command: Command): void {
  command
    .command("add <names...>")
    .description("Add people, or rights and groups to people who are there.")
    .option("--admin", "as a teacher, who may use sudo and install packages for everybody")
    .option("--group <group>", "into this group; may be repeated", collect)
    .option("--name <name>", "the full name")
    .option("--email <address>", "the e-mail address")
    .option("--no-apply", "only write the roster")
    .option("--json", "the result as data")
    .action(async (names: string[], _: object, self: Command) =>
      (await import("./users/add.ts")).addUsers(names, self.optsWithGlobals()),
    );
  command
    .command("remove <names...>")
    .description("Remove people; their homes are kept for a while.")
    .option("--yes", "ask nothing")
    .option("--no-apply", "only write the files")
    .option("--json", "the result as data")
    .action(async (names: string[], _: object, self: Command) =>
      (await import("./users/remove.ts")).removeUsers(names, self.optsWithGlobals()),
    );
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}
