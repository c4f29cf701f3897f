import { Command, Option } from "commander";

/** `homeroom users`: who is in the class. Each subcommand is a module of its own that is loaded when it runs. */
export function usersCommand(): Command {
  const command = new Command("users")
    .description("Say who is in the class: look, add, remove.")
    .addHelpText("after", examples)
    .action(() => command.outputHelp());
  addLooking(command);
  addChanging(command);
  addRights(command);
  addLogins(command);
  addHomes(command);
  return command;
}

const examples = `
Examples:
  sudo homeroom users add alice bob --group choir
  sudo homeroom users import class.csv
  sudo homeroom users set bob --role admin
  sudo homeroom users list
  sudo homeroom users remove bob`;

const importExamples = `
Fields: username, first, last, name, email, id, groups. Columns by header or number; nothing for none.
Examples:
  sudo homeroom users import class.csv --dry-run
  sudo homeroom users import class.csv --map email="School e-mail" --map groups=
  sudo homeroom users import band.csv --group band --remove-missing`;

function addLooking(command: Command): void {
  command
    .command("list")
    .description("List everybody: role, groups, server, memory, last activity.")
    .option("--removed", "removed people instead, whose homes are kept")
    .option("--json", "as data")
    .action(async (_: object, self: Command) =>
      (await import("./users/list.ts")).listUsers(self.optsWithGlobals()),
    );
  command
    .command("show <name>")
    .description("Show what is known of one person, and where each limit comes from.")
    .option("--json", "as data")
    .action(async (name: string, _: object, self: Command) =>
      (await import("./users/show.ts")).showUser(name, self.optsWithGlobals()),
    );
  command
    .command("check [file]")
    .description("Check a roster that was edited by hand, or another file before it takes its place.")
    .option("--json", "as data")
    .action(async (file: string | undefined, _: object, self: Command) =>
      (await import("./users/check.ts")).checkRoster(file, self.optsWithGlobals()),
    );
  command
    .command("export")
    .description("Print everybody as a roster (CSV).")
    .option("--json", "as data")
    .action(async (_: object, self: Command) =>
      (await import("./users/export.ts")).exportUsers(self.optsWithGlobals()),
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
    .command("import <file>")
    .description(
      "Put a class list onto the roster: an export of Canvas, Moodle or Google Classroom, or a plain list.",
    )
    .option("--dry-run", "only show what would change")
    .option("--map <field=column>", "take a field from this column; may be repeated", collect)
    .option("--group <group>", "put everybody of the list into this group, and compare with it alone")
    .addOption(
      new Option("--names <kind>", "what e-mail addresses give as user names").choices(["short", "address"]),
    )
    .option("--remove-missing", "remove students who are not in the list; their homes are kept for a while")
    .option("--hand-out <file>", "where first passwords go (auth.first_password: generated)")
    .option("--yes", "ask nothing")
    .option("--no-apply", "only write the roster")
    .option("--json", "the result as data")
    .addHelpText("after", importExamples)
    .action(async (file: string, _: object, self: Command) =>
      (await import("./users/import.ts")).importUsers(file, self.optsWithGlobals()),
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

function addHomes(command: Command): void {
  command
    .command("forget <name>")
    .description("Delete the home of a removed person now.")
    .option("--yes", "ask nothing")
    .option("--json", "the result as data")
    .action(async (name: string, _: object, self: Command) =>
      (await import("./users/forget.ts")).forgetUser(name, self.optsWithGlobals()),
    );
  command
    .command("sweep")
    .description("Delete homes of removed people whose time is over (every night by itself).")
    .option("--json", "the result as data")
    .action(async (_: object, self: Command) =>
      (await import("./users/sweep.ts")).sweepHomes(self.optsWithGlobals()),
    );
}

function addLogins(command: Command): void {
  command
    .command("restore <names...>")
    .description("Let removed people in again, with the homes that were kept.")
    .option("--no-apply", "only write the roster")
    .option("--json", "the result as data")
    .action(async (names: string[], _: object, self: Command) =>
      (await import("./users/restore.ts")).restoreUsers(names, self.optsWithGlobals()),
    );
  command
    .command("reset-password <name>")
    .description("Give somebody another password; asked for unless an option says otherwise.")
    .option("--password-stdin", "read it from standard input")
    .option("--generate", "let one be made, and print it")
    .option("--json", "the result as data")
    .action(async (name: string, _: object, self: Command) =>
      (await import("./users/reset-password.ts")).resetPassword(name, self.optsWithGlobals()),
    );
  command
    .command("class-code")
    .description("Make the code for first logins (auth.first_password: code), and print it.")
    .option("--password-stdin", "read one of your own from standard input")
    .option("--json", "the result as data")
    .action(async (_: object, self: Command) =>
      (await import("./users/class-code.ts")).setClassCode(self.optsWithGlobals()),
    );
  command
    .command("sign-out <names...>")
    .description("End people's sessions, tokens and servers.")
    .option("--json", "the result as data")
    .action(async (names: string[], _: object, self: Command) =>
      (await import("./users/sign-out.ts")).signOutUsers(names, self.optsWithGlobals()),
    );
}

function addRights(command: Command): void {
  command
    .command("set <names...>")
    .description("Say what people are: role, groups, full name.")
    .addOption(new Option("--role <role>", "what they may").choices(["student", "admin"]))
    .option("--groups <groups>", "all their groups, with commas between; '' for none")
    .option("--name <name>", "the full name")
    .option("--email <address>", "the e-mail address")
    .option("--id <id>", "what another system calls the person")
    .option("--no-apply", "only write the files")
    .option("--json", "the result as data")
    .action(async (names: string[], _: object, self: Command) =>
      (await import("./users/set.ts")).setUsers(names, self.optsWithGlobals()),
    );
  for (const [name, description] of [
    ["ban", "Keep people out, and end what they have running."],
    ["unban", "Take a ban back."],
  ] as const) {
    command
      .command(`${name} <names...>`)
      .description(description)
      .option("--no-apply", "only write the files")
      .option("--json", "the result as data")
      .action(async (names: string[], _: object, self: Command) => {
        const { banUsers, unbanUsers } = await import("./users/ban.ts");
        await (name === "ban" ? banUsers : unbanUsers)(names, self.optsWithGlobals());
      });
  }
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}
