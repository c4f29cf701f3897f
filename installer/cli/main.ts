#!/usr/bin/env node
import { CommanderError } from "commander";
import { exitCodes, OtherReleaseError } from "../errors.ts";
import { programFor } from "./commands.ts";
import { print } from "./context.ts";
import { reportError } from "./report-error.ts";
import { makeStrict } from "./strict-commands.ts";

const guide = `
Homeroom keeps a JupyterHub for one class on this machine.

  sudo homeroom users add NAME let somebody in
  sudo homeroom config edit    change limits, addresses, how people log in
  sudo homeroom status         is everything well, and if not: what, where, what to type
  sudo homeroom apply          make the machine what the config says
  sudo homeroom logs hub       what the hub said
  homeroom --help              every command`;

/** Starts the release in use; marked, so that two releases never send a command to and fro. */
const command = "/usr/local/bin/homeroom";
const handedOver = "HOMEROOM_HANDED_OVER";

/** The whole command line; nothing else of the program exits the process. */
async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 2) {
    print(guide.trim());
    return exitCodes.done;
  }
  const program = await programFor(argv.slice(2));
  makeStrict(program);
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? exitCodes.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (error instanceof OtherReleaseError && process.env[handedOver] === undefined) {
      const { handOver } = await import("./hand-over.ts");
      return handOver([command, ...argv.slice(2)], { [handedOver]: "yes" });
    }
    return reportError(error);
  }
}

/** Whoever reads the output may stop reading (`| head`). */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(exitCodes.done);
});

/** `--version` is what people type of any program. */
const words = process.argv.map((word, index) => (index === 2 && word === "--version" ? "version" : word));
process.exitCode = await main(words);
