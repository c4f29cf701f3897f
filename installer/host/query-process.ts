import { execFile } from "node:child_process";
import { childEnvironment } from "./child-environment.ts";
import type { RunOptions, RunResult } from "./host.ts";

const defaultTimeoutMs = 30_000;

/**
 * A short process that may as well run twice (systemctl show), started without the library that longer ones need, so
 * that a command with little to do never loads it. Undefined where it is not there, takes too long or dies.
 */
export function queryProcess(
  argv: readonly string[],
  options: Pick<RunOptions, "env" | "timeoutMs" | "as" | "cwd"> = {},
): Promise<RunResult | undefined> {
  const [program = "", ...args] = argv;
  const { timeoutMs: timeout = defaultTimeoutMs } = options;
  const limits = {
    env: childEnvironment(options),
    timeout,
    maxBuffer: 64 * 1024 ** 2,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.as,
  };
  return new Promise((resolve) => {
    execFile(program, args, limits, (error, stdout, stderr) => {
      if (error === null) resolve({ exitCode: 0, stdout, stderr });
      else resolve(typeof error.code === "number" ? { exitCode: error.code, stdout, stderr } : undefined);
    });
  });
}
