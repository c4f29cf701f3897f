import { dirname } from "node:path/posix";
import type { Host } from "../host/host.ts";
import { temporaryOwner } from "../host/temporary-name.ts";
import { kindOf } from "../resources/kinds.ts";

/** Where files are written that are no resources. Only root can write in any of these. */
const own = ["/etc/homeroom", "/run/homeroom", "/var/lib/homeroom", "/var/lib/homeroom/blobs"];
const generations = "/var/lib/homeroom/generations";
const environments = "/var/lib/homeroom/environments";

/**
 * Removes what a kill or a power cut left under temporary names, in the folders of our own records and of the
 * resources that were being written. A Homeroom that is at work is left its own.
 */
export async function sweepTemporaries(
  host: Host,
  written: readonly { kind: string; id: string }[] = [],
): Promise<void> {
  const paths = written.flatMap(({ kind, id }) => kindOf(kind).pathOf?.(id) ?? []);
  const committed = (await host.list(generations)).map((name) => `${generations}/${name}`);
  const folders = new Set([...own, environments, generations, ...committed, ...paths.map(dirname)]);
  await Promise.all([...folders].map((folder) => sweep(host, folder)));
}

async function sweep(host: Host, folder: string): Promise<void> {
  for (const name of await host.list(folder)) {
    const pid = temporaryOwner(name);
    if (pid !== undefined && !(await isAtWork(host, pid))) await host.remove(`${folder}/${name}`);
  }
}

/** Another program may have the number of one that was killed. */
async function isAtWork(host: Host, pid: number): Promise<boolean> {
  const command = (await host.read(`/proc/${pid}/cmdline`))?.toString("utf8") ?? "";
  return pid === process.pid || command.includes("homeroom");
}
