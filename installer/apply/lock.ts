import type { Host } from "../host/host.ts";
import { exitCodes, HomeroomError } from "../errors.ts";

const path = "/run/homeroom/lock";

interface Holder {
  pid: number;
  /** Start time in clock ticks since boot (field 22 of proc(5) stat): tells a reused pid. */
  startedAt: string;
  command: string;
  who: string;
  since: string;
}

/**
 * Lets one task at a time change the machine. A lock whose holder is gone is taken over.
 * @throws HomeroomError (exit code 75) naming who holds it and since when.
 */
export async function lockMachine(
  host: Host,
  { command, who }: { command: string; who: string },
): Promise<AsyncDisposable> {
  await host.makeDirectory("/run/homeroom", { mode: 0o755, uid: 0, gid: 0 });
  const mine: Holder = {
    pid: process.pid,
    startedAt: (await startTime(host, process.pid)) ?? "",
    command,
    who,
    since: new Date().toISOString(),
  };
  while (!(await host.create(path, JSON.stringify(mine), { mode: 0o644, uid: 0, gid: 0 }))) {
    const holder = await currentHolder(host);
    if (holder === undefined) await host.remove(path);
    else throw lockedBy(holder);
  }
  return { [Symbol.asyncDispose]: () => host.remove(path) };
}

function lockedBy({ command, who, since, pid }: Holder): HomeroomError {
  return new HomeroomError(`\`homeroom ${command}\` of ${who} is at work since ${since} (process ${pid}).`, {
    remedy: "Wait until it is done, then run this again.",
    exitCode: exitCodes.locked,
  });
}

async function currentHolder(host: Host): Promise<Holder | undefined> {
  const text = (await host.read(path))?.toString("utf8");
  if (text === undefined) return undefined;
  const holder = JSON.parse(text) as Holder;
  return (await startTime(host, holder.pid)) === holder.startedAt ? holder : undefined;
}

async function startTime(host: Host, pid: number): Promise<string | undefined> {
  const stat = (await host.read(`/proc/${pid}/stat`))?.toString("utf8");
  // The second field, the program's name, may hold spaces and parentheses.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}
