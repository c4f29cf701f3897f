import { exitCodes, HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { up, type Machine, type UpOptions } from "../sandbox/machine.ts";
import type { Progress } from "../sandbox/progress.ts";
import { installPrograms, missingPrograms } from "../sandbox/required-programs.ts";
import type { MachineKind } from "../sandbox/state.ts";
import { confirm } from "./ask.ts";
import { canAsk, narrate } from "./context.ts";

/**
 * Makes a machine or starts a stopped one, with the programs that it takes, for which a person is asked. Ctrl-C
 * takes away what was made so far.
 * @param yes whether programs may be installed without a question
 */
export async function upHere(host: Host, options: UpOptions, yes: boolean): Promise<Machine> {
  return await untilInterrupted(async (progress) => {
    await havePrograms(host, options.kind ?? "container", yes, progress);
    return await up(options, progress, host);
  });
}

/** Runs it with a signal that Ctrl-C aborts, so that what was made so far is taken away before the command ends. */
async function untilInterrupted<Result>(work: (progress: Progress) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const stop = () => {
    controller.abort(
      new HomeroomError("Interrupted.", {
        remedy: "Nothing was left behind; run the same command again.",
        exitCode: exitCodes.interrupted,
      }),
    );
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    return await work({ report: narrate, signal: controller.signal });
  } catch (error) {
    // Whatever step it came in, the reason is the person's wish.
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

async function havePrograms(host: Host, kind: MachineKind, yes: boolean, progress: Progress): Promise<void> {
  const missing = await missingPrograms(host, kind);
  if (missing.packages.length === 0) return;
  const commands = missing.commands.map((command) => `  ${command}`).join("\n");
  progress.report(`Making machines needs packages that are not installed here:\n${commands}`);
  if (!yes && !(canAsk() && (await confirm("Install them?", true)))) {
    throw new HomeroomError(`These packages are missing: ${missing.packages.join(", ")}.`, {
      remedy: `Run the command again with --yes, or install them first:\n${commands}`,
    });
  }
  await installPrograms(host, missing, progress);
}
