import { execa } from "execa";
import { HomeroomError } from "../errors.ts";
import { childEnvironment } from "./child-environment.ts";
import type { RunOptions, RunResult } from "./host.ts";

const defaultTimeoutMs = 120_000;

/**
 * Runs one process to its end: argv as an array (no shell), a minimal environment, always a time limit.
 * @throws HomeroomError where the program is missing, runs out of time or ends with an unexpected exit code.
 */
export async function runProcess(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [program, ...args] = withUmask(argv, options.umask);
  if (program === undefined) throw new TypeError("runProcess needs a program");
  const { timeoutMs = defaultTimeoutMs, okCodes = [0], onLine, as } = options;
  const child = execa(program, args, {
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(as === undefined ? {} : { uid: as.uid, gid: as.gid }),
    env: childEnvironment(options),
    extendEnv: false,
    timeout: timeoutMs,
    forceKillAfterDelay: 5_000,
    reject: false,
    stripFinalNewline: false,
    ...(onLine === undefined
      ? {}
      : { stdout: ["pipe" as const, lineReader(onLine)], stderr: ["pipe" as const, lineReader(onLine)] }),
  });
  const result = await child;
  const name = argv.slice(0, 3).join(" ");
  if (result.timedOut) {
    throw new HomeroomError(`\`${name}\` did not end within ${Math.round(timeoutMs / 1000)} s.`, {
      remedy: "Run the same command again; the log has what it said last.",
      cause: tail(result),
    });
  }
  if (result.isCanceled) {
    throw new HomeroomError(`\`${name}\` was cancelled.`, { remedy: "Run the same command again." });
  }
  const exitCode = result.exitCode;
  if (exitCode === undefined) {
    const missing = (result.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
    throw new HomeroomError(
      missing
        ? `The program ${program} is not on this machine.`
        : `\`${name}\` ended by ${result.signal ?? "an error"}.`,
      {
        remedy: missing
          ? `Install the package that holds ${program}, then run the same command again.`
          : tail(result),
        cause: result.cause,
      },
    );
  }
  if (!okCodes.includes(exitCode)) {
    throw new HomeroomError(`\`${name}\` failed with exit code ${exitCode}.`, { remedy: tail(result) });
  }
  return { exitCode, stdout: text(result.stdout), stderr: text(result.stderr) };
}

/** Node cannot start a process with another umask; a shell that becomes the program can. */
function withUmask(argv: readonly string[], umask: number | undefined): readonly string[] {
  return umask === undefined || argv.length === 0
    ? argv
    : ["/bin/sh", "-c", `umask ${umask.toString(8)} && exec "$@"`, "sh", ...argv];
}

function lineReader(onLine: (line: string) => void) {
  return function* (line: unknown) {
    onLine(String(line));
    yield line;
  };
}

function tail({ stdout, stderr }: { stdout?: unknown; stderr?: unknown }): string {
  const said = text(stderr).trim() || text(stdout).trim();
  return said === "" ? "It said nothing." : `It said: ${said.split("\n").slice(-12).join("\n")}`;
}

function text(output: unknown): string {
  return typeof output === "string" ? output : "";
}
