import { readAccounts, resolveOwner } from "./accounts-file.ts";
import { octal } from "./file.ts";
import type { ResourceKind } from "./resource.ts";
import { isSomethingElse, readSomethingElse, refuseToReplace, type SomethingElse } from "./something-else.ts";

export interface DirectoryState {
  mode: string;
  owner: string;
  group: string;
}

/** A directory; its id is the path. Removing one that is not empty leaves it: what is in it is not ours. */
export const directory: ResourceKind<DirectoryState | SomethingElse> = {
  kind: "directory",
  async read(host, id) {
    const stat = await host.stat(id);
    if (stat === undefined) return undefined;
    if (stat.kind !== "directory") return readSomethingElse(host, id, stat.kind);
    const accounts = await readAccounts(host);
    return {
      mode: octal(stat.mode),
      owner: accounts.userNames.get(stat.uid) ?? String(stat.uid),
      group: accounts.groupNames.get(stat.gid) ?? String(stat.gid),
    };
  },
  async write(host, id, state) {
    if (isSomethingElse(state)) return;
    if (state !== undefined) {
      await refuseToReplace(host, id, { wanted: "directory", replaceable: ["directory"] });
      const owner = await resolveOwner(host, state.owner, state.group);
      await host.makeDirectory(id, { mode: Number.parseInt(state.mode, 8), ...owner });
    } else if ((await host.stat(id))?.kind === "directory" && (await host.list(id)).length === 0) {
      await host.remove(id);
    }
  },
  describe: ({ id, before, after }) => ({
    words: `${after === undefined ? "remove" : before === undefined ? "make" : "change the rights of"} directory ${id}`,
    affects: { who: "nobody" },
  }),
};
