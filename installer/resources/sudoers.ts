import { readBlob } from "./blobs.ts";
import { readFileState, preserveFile } from "./file.ts";
import type { ResourceKind } from "./resource.ts";

export interface SudoersState {
  sha256: string;
}

const folder = "/etc/sudoers.d";
/** sudo passes over names with a dot (sudoers(5), @includedir), so a draft is never in force. */
const draft = `${folder}/homeroom.draft`;

/** A file in /etc/sudoers.d; its id is the name. A file that visudo does not accept never gets there. */
export const sudoers: ResourceKind<SudoersState> = {
  kind: "sudoers",
  editedByHand: true,
  async read(host, id) {
    const state = await readFileState(host, `${folder}/${id}`);
    return state?.mode === "0440" && state.owner === "root" ? { sha256: state.sha256 } : undefined;
  },
  preserve: (host, id) => preserveFile(host, `${folder}/${id}`),
  async write(host, id, state) {
    if (state === undefined) return host.remove(`${folder}/${id}`);
    await host.write(draft, await readBlob(host, state.sha256), { mode: 0o440, uid: 0, gid: 0 });
    try {
      await host.run(["visudo", "--check", "--quiet", `--file=${host.realPath(draft)}`]);
      await host.rename(draft, `${folder}/${id}`);
    } finally {
      await host.remove(draft);
    }
  },
  describe: ({ after }) => ({
    words: `${after === undefined ? "take" : "give"} admins the right to use sudo`,
    affects: { who: "nobody" },
  }),
};
