import type { Host, HostReader } from "../host/host.ts";
import { readAccounts, resolveOwner } from "./accounts-file.ts";
import { keepBlob, readBlob } from "./blobs.ts";
import { hashOf } from "./hash.ts";
import type { ResourceKind } from "./resource.ts";
import { isSomethingElse, readSomethingElse, refuseToReplace, type SomethingElse } from "./something-else.ts";

export interface FileState {
  sha256: string;
  /** Permission bits in octal, as people write them: "0640". */
  mode: string;
  owner: string;
  group: string;
}

/** An ordinary file; its id is the path. The content is kept by hash, so a state may be printed. */
export const file: ResourceKind<FileState | SomethingElse> = {
  kind: "file",
  editedByHand: true,
  pathOf: (id) => id,
  read: readFileState,
  write: writeFileState,
  preserve: preserveFile,
  describe: ({ id, before, after }) => ({
    words: `${after === undefined ? "remove" : before === undefined ? "write" : "change"} ${id}`,
    affects: { who: "nobody" },
  }),
};

/** A file's state, or what else has its name; undefined where there is nothing at the path. */
export async function readFileState(
  host: HostReader,
  path: string,
): Promise<FileState | SomethingElse | undefined> {
  const stat = await host.stat(path);
  if (stat === undefined) return undefined;
  if (stat.kind !== "file") return readSomethingElse(host, path, stat.kind);
  const [content, accounts] = await Promise.all([host.read(path), readAccounts(host)]);
  if (content === undefined) return undefined;
  return {
    sha256: hashOf(content),
    mode: octal(stat.mode),
    owner: accounts.userNames.get(stat.uid) ?? String(stat.uid),
    group: accounts.groupNames.get(stat.gid) ?? String(stat.gid),
  };
}

/**
 * Makes the file so, from the blob store, in place of a link too; undefined removes it. A link that was there
 * is put back; whatever else was there still is.
 * @throws HomeroomError where a directory or a device has the name.
 */
export async function writeFileState(
  host: Host,
  path: string,
  state: FileState | SomethingElse | undefined,
): Promise<void> {
  if (isSomethingElse(state)) {
    if (state.target !== undefined) await host.link(path, state.target);
    return;
  }
  await refuseToReplace(host, path, { wanted: "file", replaceable: ["file", "link"] });
  if (state === undefined) return host.remove(path);
  const owner = await resolveOwner(host, state.owner, state.group);
  await host.write(path, await readBlob(host, state.sha256), {
    mode: Number.parseInt(state.mode, 8),
    ...owner,
  });
}

/** Keeps the file's present content in the blob store. */
export async function preserveFile(host: Host, path: string): Promise<void> {
  if ((await host.stat(path))?.kind !== "file") return;
  const content = await host.read(path);
  if (content !== undefined) await keepBlob(host, content);
}

/** 0o640 as "0640". */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
