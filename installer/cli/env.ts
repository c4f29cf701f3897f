import { Command, Option } from "commander";
import type { GlobalOptions } from "./context.ts";
import type { ExportFormat } from "./env/export.ts";

/** `homeroom env`: the Python environment that everybody shares. Each subcommand is a module of its own. */
export function envCommand(): Command {
  const command = new Command("env")
    .description("The Python environment that everybody shares: look, change, take back.")
    .addHelpText("after", examples)
    .action(() => command.outputHelp());
  addLooking(command);
  addChanging(command);
  addTakingBack(command);
  return command;
}

const examples = `
Examples:
  sudo homeroom env add astropy "pandas>=2"
  sudo homeroom env diff
  sudo homeroom env history
  sudo homeroom env restore            the environment as it was before the last change
  sudo homeroom env restore 20261125-101112`;

function addLooking(command: Command): void {
  command
    .command("list")
    .description("List the packages that are there, and why each is.")
    .option("--json", "as data")
    .action(async (_: object, self: Command) =>
      (await import("./env/list.ts")).listPackages(self.optsWithGlobals()),
    );
  command
    .command("show <package>")
    .description("Say what is known of one package.")
    .option("--json", "as data")
    .action(async (name: string, _: object, self: Command) =>
      (await import("./env/list.ts")).showPackage(name, self.optsWithGlobals()),
    );
  command
    .command("diff")
    .description("Compare what is there with what the config declares; exit code 2 where they differ.")
    .option("--json", "as data")
    .action(async (_: object, self: Command) =>
      (await import("./env/diff.ts")).diffEnvironment(self.optsWithGlobals()),
    );
  command
    .command("check")
    .description("Try whether a server starts from it; exit code 2 where none does.")
    .option("--json", "as data")
    .action(async (_: object, self: Command) =>
      (await import("./env/check.ts")).checkEnvironment(self.optsWithGlobals()),
    );
  command
    .command("history")
    .description("List the snapshots: what changed, when, by whom.")
    .option("--json", "as data")
    .action(async (_: object, self: Command) =>
      (await import("./env/history.ts")).showHistory(self.optsWithGlobals()),
    );
  command
    .command("export")
    .description("Print what another machine, conda or repo2docker builds the same environment from.")
    .addOption(
      new Option("--format <format>", "what to print")
        .choices(["requirements.txt", "environment.yml", "explicit"])
        .default("requirements.txt"),
    )
    .option("--folder <directory>", "write a folder as repo2docker reads it")
    .action(async (_: object, self: Command) =>
      (await import("./env/export.ts")).exportEnvironment(
        self.optsWithGlobals<GlobalOptions & { format: ExportFormat }>(),
      ),
    );
}

function addChanging(command: Command): void {
  command
    .command("add <requirements...>")
    .description("Declare packages and install them for everybody; shows first what changes.")
    .option("--yes", "ask nothing")
    .action(async (packages: string[], _: object, self: Command) =>
      (await import("./env/change.ts")).addPackages(packages, self.optsWithGlobals()),
    );
  command
    .command("remove <packages...>")
    .description("Take packages out, and what only they needed.")
    .option("--yes", "ask nothing")
    .action(async (packages: string[], _: object, self: Command) =>
      (await import("./env/change.ts")).removePackages(packages, self.optsWithGlobals()),
    );
  command
    .command("declare [packages...]")
    .description("Write what was installed by hand into the config, all of it or these packages.")
    .option("--yes", "ask nothing")
    .action(async (packages: string[], _: object, self: Command) =>
      (await import("./env/change.ts")).declarePackages(packages, self.optsWithGlobals()),
    );
}

function addTakingBack(command: Command): void {
  command
    .command("restore [snapshot]")
    .description("Give an earlier environment back; without a name the one before the last change.")
    .option("--yes", "ask nothing")
    .action(async (snapshot: string | undefined, _: object, self: Command) =>
      (await import("./env/restore.ts")).restoreEnvironment(
        snapshot,
        self.optsWithGlobals<GlobalOptions & { yes?: true }>(),
      ),
    );
  command
    .command("repair")
    .description("Give the last environment back that a server started from, where none starts now.")
    .option("--yes", "ask nothing")
    .action(async (_: object, self: Command) =>
      (await import("./env/repair.ts")).repairEnvironment(self.optsWithGlobals()),
    );
}
