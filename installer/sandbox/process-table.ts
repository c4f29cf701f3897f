import type { Host, HostReader } from "../host/host.ts";
import { waitFor } from "./wait-for.ts";

export interface ProcessEntry {
  pid: number;
  parent: number;
  /** The process's number in each PID namespace, outermost first; the first is `pid`. */
  inner: number[];
  /** The program's short name, at most 15 characters. */
  command: string;
}

/** All processes of this machine, containers' too. */
export async function processTable(host: HostReader): Promise<ProcessEntry[]> {
  const pids = (await host.list("/proc")).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(pids.map(async (pid) => await readProcess(host, Number(pid))));
  return entries.filter((entry) => entry !== undefined);
}

/** Kills a process and waits until it and all that descend from it are gone. */
export async function killTree(host: Host, pid: number): Promise<void> {
  const doomed = descendants(await processTable(host), pid);
  await host.run(["kill", "-KILL", `${pid}`], { okCodes: [0, 1] });
  const gone = await waitFor(15_000, async () => {
    const left = (await processTable(host)).filter((entry) => doomed.has(entry.pid));
    return left.length === 0 ? true : undefined;
  });
  if (gone === undefined)
    throw new Error(`process ${pid} and its children did not end within 15 s of SIGKILL`);
}

/** A process and all that descend from it. */
export function descendants(table: readonly ProcessEntry[], pid: number): Set<number> {
  const found = new Set([pid]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const entry of table) if (found.has(entry.parent)) found.add(entry.pid);
  }
  return found;
}

async function readProcess(host: HostReader, pid: number): Promise<ProcessEntry | undefined> {
  let text: string | undefined;
  try {
    text = (await host.read(`/proc/${pid}/status`))?.toString();
  } catch {
    return undefined; // Ended while it was read (ESRCH).
  }
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(text ?? "")?.[1];
  const parent = field("PPid");
  // A zombie is gone but for its parent's asking.
  if (parent === undefined || field("State")?.startsWith("Z") === true) return undefined;
  return {
    pid,
    parent: Number(parent),
    inner: (field("NSpid") ?? `${pid}`).split(/\s+/).map(Number),
    command: field("Name") ?? "",
  };
}
