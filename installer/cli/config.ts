import { Command } from "commander";
import { addGoingBack } from "./config/going-back.ts";
import type { GlobalOptions } from "./context.ts";

/**
 * `homeroom config`: look at the one file, check it, change it. Each subcommand is a module of its own that is loaded
 * when it runs, so that looking stays fast.
 */
export function configCommand(): Command {
  const command = new Command("config")
    .description("Look at the config, check it, change it.")
    .addHelpText("after", examples)
    .action(() => command.outputHelp());
  addLooking(command);
  addChanging(command);
  addGoingBack(command);
  return command;
}

const examples = `
Examples:
  homeroom config check my-config.yaml
  sudo homeroom config show --effective limits
  sudo homeroom config set limits.memory=2G limits.cpu=1.5
  sudo homeroom config add users.allowed alice
  homeroom config reference services.cull`;

function addLooking(command: Command): void {
  command
    .command("check [file]")
    .description("Check a config: the machine's own, a file, or - for standard input.")
    .option("--json", "the problems as data")
    .action(async (file: string | undefined, _: object, self: Command) =>
      (await import("./config/check.ts")).checkConfig(file, self.optsWithGlobals()),
    );
  command
    .command("show [key]")
    .description("Show what is written, or with --effective what holds.")
    .option("--effective", "with every default filled in")
    .option("--origin", "where each value comes from")
    .option("--json", "as data; sizes are bytes with --effective")
    .option("--file <file>", "another file than the machine's own; - for standard input")
    .option("--reveal", "show secrets")
    .action(async (key: string | undefined, _: object, self: Command) =>
      (await import("./config/show.ts")).showConfig(key, self.optsWithGlobals()),
    );
  command
    .command("get <key>")
    .description("Print one value, the default where nothing is written.")
    .option("--json", "as data; sizes are bytes")
    .option("--file <file>", "another file than the machine's own; - for standard input")
    .option("--reveal", "show secrets")
    .action(async (key: string, _: object, self: Command) =>
      (await import("./config/show.ts")).getConfig(key, self.optsWithGlobals()),
    );
  command
    .command("path")
    .description("Print the path of the config.")
    .action(async (_: object, self: Command) =>
      (await import("./config/path.ts")).printPath(self.optsWithGlobals()),
    );
  command
    .command("schema")
    .description("Print the JSON schema of the config, for editors.")
    .action(async () => (await import("./config/schema.ts")).printSchema());
  command
    .command("reference [key]")
    .description("Explain a key, a section or every key.")
    .action(async (key: string | undefined) => (await import("./config/reference.ts")).printReference(key));
}

interface Change {
  name: string;
  alias?: string;
  args: string;
  description: string;
}

const changes: readonly Change[] = [
  {
    name: "set",
    args: "<assignments...>",
    description:
      "Set values: KEY VALUE, or several KEY=VALUE. A value is YAML; - reads it from standard input.",
  },
  { name: "unset", args: "<keys...>", description: "Take keys out, so that their defaults hold again." },
  { name: "add", alias: "add-item", args: "<list> <items...>", description: "Add items to a list." },
  {
    name: "remove",
    alias: "remove-item",
    args: "<list> <items...>",
    description: "Take items out of a list.",
  },
];

function addChanging(command: Command): void {
  command
    .command("edit")
    .description("Edit the config with your editor; it is checked before it is saved.")
    .option("--no-apply", "only write the file")
    .option("--yes", "apply without asking")
    .action(async (_: object, self: Command) =>
      (await import("./config/edit.ts")).editConfig(self.optsWithGlobals()),
    );
  for (const { name, alias, args, description } of changes) {
    const subcommand = command.command(`${name} ${args}`).description(description);
    if (alias !== undefined) subcommand.alias(alias);
    subcommand
      .option("--string", "take values as text, as they are")
      .option("--no-apply", "only write the file")
      .option("--yes", "ask nothing")
      .option("--force", "set lower memory limits now, even where more is in use")
      .action(async () => {
        const { changeConfig } = await import("./config/change.ts");
        await changeConfig(name, subcommand.args, subcommand.optsWithGlobals<GlobalOptions>());
      });
  }
}
