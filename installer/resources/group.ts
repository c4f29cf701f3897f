import { readAccounts } from "./accounts-file.ts";
import type { ResourceKind } from "./resource.ts";

export interface GroupState {
  /** A system group has an id below 1000. */
  system: boolean;
}

const firstOrdinaryId = 1000;

/** A Unix group; its id is the name. Who is in it is a `membership` each. */
export const group: ResourceKind<GroupState> = {
  kind: "group",
  exclusive: "accounts",
  async read(host, id) {
    const there = (await readAccounts(host)).groups.get(id);
    return there === undefined ? undefined : { system: there.gid < firstOrdinaryId };
  },
  async write(host, id, state) {
    const there = (await readAccounts(host)).groups.has(id);
    if (state === undefined) {
      if (there) await host.run(["groupdel", "--", id]);
    } else if (!there) {
      await host.run(["groupadd", ...(state.system ? ["--system"] : []), "--", id]);
    }
  },
  describe: ({ id, after }) => ({
    words: `${after === undefined ? "remove" : "make"} group ${id}`,
    affects: { who: "nobody" },
  }),
};
