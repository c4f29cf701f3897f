import type { ResourceKind } from "./resource.ts";
import { isSomethingElse, readSomethingElse, refuseToReplace, type SomethingElse } from "./something-else.ts";

export interface LinkState {
  target: string;
}

/** A symbolic link; its id is the path. Big things (releases, environments) move by one of these. */
export const link: ResourceKind<LinkState | SomethingElse> = {
  kind: "link",
  pathOf: (id) => id,
  async read(host, id) {
    const stat = await host.stat(id);
    if (stat === undefined) return undefined;
    if (stat.kind !== "link") return readSomethingElse(host, id, stat.kind);
    const target = await host.readLink(id);
    return target === undefined ? undefined : { target };
  },
  async write(host, id, state) {
    if (isSomethingElse(state)) return;
    if (state !== undefined) {
      await refuseToReplace(host, id, { wanted: "link", replaceable: ["link"] });
      await host.link(id, state.target);
    } else if ((await host.stat(id))?.kind === "link") {
      await host.remove(id);
    }
  },
  describe: ({ id, before, after }) => ({
    words: after === undefined ? `remove link ${id}` : `point ${id} to ${after.target ?? "what was there"}`,
    // What a server runs from stays where it is; the link counts when it is started.
    affects: { who: before !== undefined && id === "/opt/homeroom/environment" ? "new-servers" : "nobody" },
  }),
};
