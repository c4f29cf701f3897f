import { execFile } from "node:child_process";

const FIRST_SOCKET = 3;

/**
 * The sockets that systemd passed to this process, by the name in `FileDescriptorName=` (sd_listen_fds(3)).
 * Takes the variables away: no child inherits them.
 */
export function listeningSockets(env: NodeJS.ProcessEnv, pid = process.pid): Map<string, number> {
  const ours = env["LISTEN_PID"] === String(pid);
  const names = (env["LISTEN_FDNAMES"] ?? "").split(":");
  const count = Number(env["LISTEN_FDS"] ?? "0");
  for (const name of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) delete env[name];
  if (!ours) return new Map();
  return new Map(names.slice(0, count).map((name, index) => [name, FIRST_SOCKET + index]));
}

/** Speaks to systemd through systemd-notify(1): Node cannot send to a datagram socket. Never throws. */
export function notify(...words: string[]): Promise<void> {
  return new Promise((resolve) => {
    execFile("systemd-notify", words, { timeout: 10_000 }, () => resolve());
  });
}

/** Tells systemd, three times in each interval it gave, that this process still turns its loop. */
export function feedWatchdog(env: NodeJS.ProcessEnv): void {
  const microseconds = Number(env["WATCHDOG_USEC"] ?? "0");
  if (microseconds > 0) setInterval(() => void notify("WATCHDOG=1"), microseconds / 3000).unref();
}
