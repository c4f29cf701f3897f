import { spawn } from "node:child_process";
import { constants } from "node:os";

/** Signals that end a command: they are passed on, and the command that was started says what comes of it. */
const passedOn = ["SIGTERM", "SIGHUP"] as const;

/**
 * Lets the program of another release do a command, at this one's terminal and with its environment. Ctrl-C reaches
 * it by the terminal. Answers with its exit code.
 */
export async function handOver(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, ...env } });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  const ignore = () => undefined;
  for (const name of passedOn) process.on(name, pass);
  process.on("SIGINT", ignore);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        resolve(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0));
      });
    });
  } finally {
    for (const name of passedOn) process.off(name, pass);
    process.off("SIGINT", ignore);
  }
}
