import { randomBytes } from "node:crypto";
import type { Host } from "../host/host.ts";

/** Where a copy comes to lie before anything of it is in place: beside that, where nobody but root can write. */
export interface Staging {
  /** For what is below /home, on the same file system. */
  homes: string;
  /** For everything else. */
  state: string;
  /** "20261201-0412-3fa9": in the names of what is kept aside. */
  id: string;
}

const prefix = ".homeroom-restore-";
const folders = ["/home", "/var/lib/homeroom"] as const;

/** Empty folders for one restore; what an interrupted one left in others goes, as nothing in there was in use. */
export async function openStaging(host: Host): Promise<Staging> {
  await sweepStaging(host);
  const now = new Date().toISOString();
  const id = `${now.slice(0, 10).replaceAll("-", "")}-${now.slice(11, 16).replace(":", "")}-${randomBytes(2).toString("hex")}`;
  const [homes, state] = folders.map((folder) => `${folder}/${prefix}${id}`) as [string, string];
  // Others may pass through to what is theirs, once it is, and see nothing.
  for (const folder of [homes, state]) await host.makeDirectory(folder, { mode: 0o711, uid: 0, gid: 0 });
  return { homes, state, id };
}

/** Removes what restores have left that did not come to their end, or did. */
export async function sweepStaging(host: Host): Promise<void> {
  for (const folder of folders) {
    for (const name of await host.list(folder)) {
      if (name.startsWith(prefix)) {
        await host.run(["rm", "-rf", "--one-file-system", "--", `${folder}/${name}`], {
          timeoutMs: 60 * 60_000,
        });
      }
    }
  }
}

/** Everything of a folder's file system is on disk when this returns (sync(1)). */
export async function settle(host: Host, folder: string): Promise<void> {
  await host.run(["sync", "--file-system", "--", folder], { timeoutMs: 60 * 60_000 });
}
