import { HomeroomError, exitCodes, type ExitCode } from "../errors.ts";
import type { RunOptions, RunResult } from "../host/host.ts";

/** The program that fetches npm packages for bootstrap.sh too: dist/fetch-packages.py of a release. */
export interface Fetcher {
  path: string;
  /** What it needs of this process's environment to reach the registry as npm would. */
  env: Readonly<Record<string, string>>;
}

/** The log of bootstrap.sh, where there is one. */
const log = "/var/log/homeroom/install.log";

/** The fetcher of a release. `environment` is where HOMEROOM_REGISTRY and npm's own variables are looked for. */
export function fetcherOf(folder: string, environment: NodeJS.ProcessEnv): Fetcher {
  const passedOn = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && /^(?:HOMEROOM_REGISTRY|NODE_EXTRA_CA_CERTS|npm_config_\w+)$/i.test(entry[0]),
  );
  return {
    path: `${folder}/dist/fetch-packages.py`,
    env: { ...Object.fromEntries(passedOn), HOMEROOM_LOG: log },
  };
}

/**
 * Runs it and returns its answer. On failure it answers with two lines, the reason and what to do.
 * @throws HomeroomError with them.
 */
export async function askFetcher(
  start: (argv: readonly string[], options: RunOptions) => Promise<RunResult>,
  { path, env }: Fetcher,
  args: readonly string[],
): Promise<string> {
  const okCodes = [exitCodes.done, exitCodes.failed, exitCodes.locked, exitCodes.interrupted];
  const { exitCode, stdout, stderr } = await start(["/usr/bin/python3", "-I", path, ...args], {
    env,
    okCodes,
  });
  if (exitCode === 0) return stdout;
  const [reason = "", remedy = ""] = stdout.trim().split("\n");
  throw new HomeroomError(reason === "" ? "What fetches packages was interrupted." : reason, {
    remedy: remedy === "" ? stderr.trim() || "Run the same command again." : remedy,
    exitCode: exitCode as ExitCode,
  });
}
