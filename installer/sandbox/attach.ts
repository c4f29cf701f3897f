import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a program on this process's own standard input, output and error, for as long as the person likes: the one
 * kind of process that the host can't run, as it keeps output and sets a time limit. Answers with the exit code, as
 * a shell would give it (128 + signal). Ctrl-C goes to the program, not to us.
 */
export async function attach(argv: readonly string[]): Promise<number> {
  const [program = "", ...args] = argv;
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(program, args, { stdio: "inherit", env: terminalEnvironment() });
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        resolve(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0));
      });
    });
  } finally {
    process.off("SIGINT", ignore);
  }
}

function terminalEnvironment(): Record<string, string> {
  const path = process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin";
  return {
    PATH: path,
    TERM: process.env["TERM"] ?? "dumb",
    LANG: "C.UTF-8",
    HOME: process.env["HOME"] ?? "/root",
  };
}
