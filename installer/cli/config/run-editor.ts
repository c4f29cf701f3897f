import { spawn } from "node:child_process";
import { HomeroomError } from "../../errors.ts";

/**
 * Runs the editor on the terminal and waits for it. How it exits says nothing about the text: some editors exit 1
 * after saving, so only an editor that cannot be started is an error. Ctrl-C belongs to the editor meanwhile. What
 * it makes beside the file (backups, a new file in its place) only root may read: the text may hold secrets.
 */
export async function runEditor([program = "", ...args]: readonly string[]): Promise<void> {
  const ignore = (): void => undefined;
  const mask = process.umask(0o077);
  process.on("SIGINT", ignore);
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(program, args, { stdio: "inherit" });
      child.once("error", reject);
      child.once("exit", () => resolve());
    });
  } catch (error) {
    throw new HomeroomError(`The editor \`${program}\` cannot be started.`, {
      remedy: "Name another one: sudo EDITOR=nano homeroom config edit",
      cause: error,
    });
  } finally {
    process.off("SIGINT", ignore);
    process.umask(mask);
  }
}
