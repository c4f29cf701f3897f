import { styleText } from "node:util";
import { exitCodes, HomeroomError } from "../errors.ts";
import { narrate } from "./context.ts";

/** Tells a person what went wrong and what to do; returns the exit code. */
export function reportError(error: unknown): number {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  if (first instanceof HomeroomError) {
    narrate(`${red("Error:")} ${first.message}`);
    narrate(indented(first.remedy));
    return first.exitCode;
  }
  const trouble = machineTroubles.get((first as NodeJS.ErrnoException | undefined)?.code ?? "");
  if (first instanceof Error && trouble !== undefined) {
    narrate(`${red("Error:")} ${trouble.message} (${first.message})`);
    narrate(indented(trouble.remedy));
    return exitCodes.failed;
  }
  if (isInterruption(first)) {
    narrate("Interrupted.");
    return exitCodes.interrupted;
  }
  narrate(
    `${red("This is a defect of Homeroom:")} ${first instanceof Error ? (first.stack ?? first.message) : String(first)}`,
  );
  narrate("Please report it with the lines above and the output of `homeroom version --json`.");
  return exitCodes.failed;
}

/** What the machine itself lacks, by the system's name for it (errno(3)); anybody can meet these anywhere. */
const machineTroubles: ReadonlyMap<string, { message: string; remedy: string }> = new Map([
  [
    "ENOSPC",
    {
      message: "The disk is full.",
      remedy: "Make room (`df -h` shows where), then run the same command again.",
    },
  ],
  ["EDQUOT", { message: "The quota is used up.", remedy: "Make room, then run the same command again." }],
  [
    "EROFS",
    {
      message: "The disk can only be read.",
      remedy:
        "`sudo dmesg` may say why (a failing disk, perhaps). Repair that, then run the same command again.",
    },
  ],
]);

/** inquirer's name for Ctrl-C at a question, and Node's for an aborted signal. */
function isInterruption(error: unknown): boolean {
  return error instanceof Error && (error.name === "ExitPromptError" || error.name === "AbortError");
}

function red(text: string): string {
  return styleText("red", text, { stream: process.stderr });
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
