import { keepBlob, readBlob } from "./blobs.ts";
import { hashOf } from "./hash.ts";
import type { ResourceKind } from "./resource.ts";

export interface ConfigFileState {
  sha256: string;
}

/**
 * The text of the file that a person edits; its id is the path. Only a change of release writes it, as a step, so
 * that an undo gives it back; owner, mode and ACLs stay. It was there before, so it is never removed.
 */
export const configFile: ResourceKind<ConfigFileState> = {
  kind: "config-file",
  pathOf: (id) => id,
  async read(host, id) {
    const content = await host.read(id);
    return content && { sha256: hashOf(content) };
  },
  async preserve(host, id) {
    const content = await host.read(id);
    if (content !== undefined) await keepBlob(host, content);
  },
  async write(host, id, state) {
    if (state === undefined) return;
    const { mode, uid, gid } = (await host.stat(id)) ?? { mode: 0o600, uid: 0, gid: 0 };
    await host.write(id, await readBlob(host, state.sha256), { mode, uid, gid, like: id });
  },
  describe: ({ id }) => ({ words: `change ${id}`, affects: { who: "nobody" } }),
};
