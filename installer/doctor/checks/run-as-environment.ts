import type { HostReader, RunResult } from "../../host/host.ts";

const timeoutMs = 60_000;

/**
 * Runs a program of the shared environment as the account that owns it: admins may write there, so root
 * never runs what lies in it.
 */
export function runAsEnvironment(host: HostReader, argv: readonly string[]): Promise<RunResult> {
  const account = "homeroom-env";
  const prefix = [
    "setpriv",
    `--reuid=${account}`,
    `--regid=${account}`,
    "--clear-groups",
    "--no-new-privs",
    "--",
  ];
  return host.query([...prefix, ...argv], {
    okCodes: [0, 1],
    timeoutMs,
    // find(1) goes back to where it began before it starts another program, and root's home is closed to this account
    cwd: "/",
    env: { HOME: "/nonexistent", PYTHONDONTWRITEBYTECODE: "1" },
  });
}
