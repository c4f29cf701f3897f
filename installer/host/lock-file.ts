import { dirname } from "node:path/posix";
import { exitCodes, HomeroomError } from "../errors.ts";
import type { Host, HostReader } from "./host.ts";

export interface LockOptions {
  /** The lock's file, in a directory that only root can write. */
  path: string;
  /** The command at work, as typed after `homeroom`. */
  command: string;
  /** The account that asked for it. */
  who: string;
}

interface Holder {
  pid: number;
  /** Start time in clock ticks since boot (field 22 of proc(5) stat): tells a reused pid. */
  startedAt: string;
  command: string;
  who: string;
  terminal: string;
  since: string;
}

/**
 * Holds a lock until it is disposed of; one whose holder is gone is taken over.
 * @throws HomeroomError (exit code 75) naming who holds it, since when and where.
 */
export async function lockFile(host: Host, { path, command, who }: LockOptions): Promise<AsyncDisposable> {
  const mine: Holder = {
    pid: process.pid,
    startedAt: (await startTime(host, process.pid)) ?? "",
    command,
    who,
    terminal: (await host.readLink(`/proc/${process.pid}/fd/0`)) ?? "no terminal",
    since: new Date().toISOString(),
  };
  while (!(await host.create(path, JSON.stringify(mine), { mode: 0o644, uid: 0, gid: 0 }))) {
    const text = (await host.read(path))?.toString("utf8");
    if (text === undefined) continue;
    const holder = JSON.parse(text) as Holder;
    if (await isAtWork(host, holder)) throw lockedBy(holder);
    await removeStale(host, path, text);
  }
  return { [Symbol.asyncDispose]: () => host.remove(path) };
}

/** Whether somebody who is at work holds the lock. */
export async function isHeld(host: HostReader, path: string): Promise<boolean> {
  const text = (await host.read(path))?.toString("utf8");
  return text !== undefined && isAtWork(host, JSON.parse(text) as Holder);
}

async function isAtWork(host: HostReader, { pid, startedAt }: Holder): Promise<boolean> {
  return (await startTime(host, pid)) === startedAt;
}

function lockedBy({ command, who, since, pid, terminal }: Holder): HomeroomError {
  return new HomeroomError(
    `\`homeroom ${command}\` of ${who} is at work since ${since} (process ${pid}, ${terminal}).`,
    { remedy: "Wait until it is done, then run this again.", exitCode: exitCodes.locked },
  );
}

/**
 * Removes the lock if it still is the one that was found stale: of several who find it so at the same time, the
 * first may have made its own by now. One at a time looks and removes, by the kernel's lock on the directory (flock(1)),
 * which ends with whoever holds it.
 */
async function removeStale(host: Host, path: string, text: string): Promise<void> {
  const script = 'cmp -s -- "$1" - || exit 0; rm -- "$1"';
  const [directory, lock] = [host.realPath(dirname(path)), host.realPath(path)];
  await host.run(["flock", directory, "/bin/sh", "-c", script, "takeover", lock], {
    input: text,
    timeoutMs: 60_000,
  });
}

async function startTime(host: HostReader, pid: number): Promise<string | undefined> {
  const stat = (await host.read(`/proc/${pid}/stat`))?.toString("utf8");
  // The second field, the program's name, may hold spaces and parentheses.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}
