import { HomeroomError } from "../errors.ts";
import { readBlob } from "./blobs.ts";
import { preserveFile, readFileState, writeFileState, type FileState } from "./file.ts";
import type { ResourceKind } from "./resource.ts";
import { isSomethingElse, type SomethingElse } from "./something-else.ts";

const unitFolder = "/etc/systemd/system";

/**
 * A unit file or a drop-in; its id is the path below /etc/systemd/system, as in
 * "homeroom-hub.service" or "homeroom-users-alice.slice.d/60-user.conf".
 */
export const systemdUnit: ResourceKind<FileState | SomethingElse> = {
  kind: "systemd-unit",
  editedByHand: true,
  pathOf,
  read: (host, id) => readFileState(host, pathOf(id)),
  async write(host, id, state) {
    if (state !== undefined && !isSomethingElse(state)) {
      refuseMaskingContent(id, await readBlob(host, state.sha256));
    }
    const folder = id.includes("/") ? pathOf(id.slice(0, id.lastIndexOf("/"))) : undefined;
    if (folder !== undefined && state !== undefined) {
      await host.makeDirectory(folder, { mode: 0o755, uid: 0, gid: 0 });
    }
    await writeFileState(host, pathOf(id), state);
    if (folder !== undefined && state === undefined && (await host.list(folder)).length === 0)
      await host.remove(folder);
  },
  preserve: (host, id) => preserveFile(host, pathOf(id)),
  describe: ({ id, before, after }) => ({
    words: `${after === undefined ? "remove" : before === undefined ? "write" : "change"} unit ${id}`,
    affects: { who: before !== undefined && id.startsWith("homeroom-user@") ? "new-servers" : "nobody" },
  }),
};

function pathOf(id: string): string {
  return `${unitFolder}/${id}`;
}

/** An empty unit file means "masked" to systemd (systemd.unit(5)); we never mean that. */
function refuseMaskingContent(id: string, content: Buffer): void {
  if (content.length === 0) {
    throw new HomeroomError(`The unit ${id} would be empty, which systemd reads as masked.`, {
      remedy: "This is a defect of the release: please report it.",
    });
  }
}
