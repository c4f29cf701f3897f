import { readAccounts } from "./accounts-file.ts";
import type { ResourceKind } from "./resource.ts";

export interface GroupState {
  exists: true;
}

/** A Unix group; its id is the name. Who is in it is a `membership` each. Our own are system groups. */
export const group: ResourceKind<GroupState> = {
  kind: "group",
  exclusive: "accounts",
  async read(host, id) {
    return (await readAccounts(host)).groups.has(id) ? { exists: true } : undefined;
  },
  async write(host, id, state) {
    const there = (await readAccounts(host)).groups.has(id);
    if (state === undefined) {
      if (there) await host.run(["groupdel", "--", id]);
    } else if (!there) {
      await host.run(["groupadd", ...(id.startsWith("homeroom-") ? ["--system"] : []), "--", id]);
    }
  },
  describe: ({ id, after }) => ({
    words: `${after === undefined ? "remove" : "make"} group ${id}`,
    affects: { who: "nobody" },
  }),
};
