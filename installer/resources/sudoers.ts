import { readBlob } from "./blobs.ts";
import { preserveFile, readFileState, writeFileState, type FileState } from "./file.ts";
import type { ResourceKind } from "./resource.ts";
import { isSomethingElse, type SomethingElse } from "./something-else.ts";

const folder = "/etc/sudoers.d";

/**
 * A file in /etc/sudoers.d; its id is the name. What visudo does not accept never gets there. Its temporary name
 * has a dot, and sudo passes over those (sudoers(5), @includedir).
 */
export const sudoers: ResourceKind<FileState | SomethingElse> = {
  kind: "sudoers",
  editedByHand: true,
  pathOf,
  read: (host, id) => readFileState(host, pathOf(id)),
  preserve: (host, id) => preserveFile(host, pathOf(id)),
  async write(host, id, state) {
    if (state !== undefined && !isSomethingElse(state)) {
      const input = await readBlob(host, state.sha256);
      await host.run(["visudo", "--check", "--quiet", "--file=-"], { input });
    }
    await writeFileState(host, pathOf(id), state);
  },
  describe: ({ after }) => ({
    words: `${after === undefined ? "take" : "give"} admins the right to use sudo`,
    affects: { who: "nobody" },
  }),
};

function pathOf(id: string): string {
  return `${folder}/${id}`;
}
