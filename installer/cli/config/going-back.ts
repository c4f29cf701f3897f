import type { Command } from "commander";

/** The subcommands of `homeroom config` that look back, go back, and try. */
export function addGoingBack(command: Command): void {
  command
    .command("history")
    .description("List every generation: when, who, what it changed.")
    .option("--json", "as data")
    .action(async (_: object, self: Command) =>
      (await import("./history.ts")).showHistory(self.optsWithGlobals()),
    );
  command
    .command("diff [generation] [generation]")
    .description("Compare two generations; without the second the file, without the first the one in use.")
    .action(async (a: string | undefined, b: string | undefined, _: object, self: Command) =>
      (await import("./diff.ts")).showDiff(a, b, self.optsWithGlobals()),
    );
  command
    .command("rollback [generation]")
    .description("Make an earlier config hold again; without a number the one before.")
    .option("--yes", "ask nothing")
    .action(async (generation: string | undefined, _: object, self: Command) =>
      (await import("./rollback.ts")).rollback(generation, self.optsWithGlobals()),
    );
  command
    .command("try")
    .description("Apply the file, and go back by itself unless `keep` comes in time.")
    .option("--for <time>", "how long: 90s, 2m, 1h", "2m")
    .option("--yes", "ask nothing")
    .action(async (_: object, self: Command) =>
      (await import("./trial.ts")).tryConfig(self.optsWithGlobals()),
    );
  command
    .command("keep")
    .description("Keep what is being tried.")
    .action(async (_: object, self: Command) =>
      (await import("./trial.ts")).keepTrial(self.optsWithGlobals()),
    );
  command
    .command("revert")
    .description("Take back now what is being tried.")
    .action(async (_: object, self: Command) =>
      (await import("./trial.ts")).revertTrial(self.optsWithGlobals()),
    );
}
