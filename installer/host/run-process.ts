import { execa } from "execa";
import { HomeroomError } from "../errors.ts";
import type { RunOptions, RunResult } from "./host.ts";

const defaultTimeoutMs = 120_000;

/** What a child needs to reach the network the way this process does, and nothing else of our environment. */
const passedOn = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "PIP_CERT",
  "UV_INDEX_URL",
  "UV_DEFAULT_INDEX",
];

/**
 * Runs one process to its end: argv as an array (no shell), a minimal environment, always a time limit.
 * @throws HomeroomError where the program is missing, runs out of time or ends with an unexpected exit code.
 */
export async function runProcess(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [program, ...args] = argv;
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

function childEnvironment({ env, as }: RunOptions): Record<string, string> {
  const base: Record<string, string> = {
    PATH: process.env["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    HOME: as === undefined ? (process.env["HOME"] ?? "/root") : "/nonexistent",
  };
  for (const name of passedOn) {
    const value = process.env[name];
    if (value !== undefined) base[name] = value;
  }
  return { ...base, ...env };
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
