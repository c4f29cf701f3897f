import type { ResourceKind } from "./resource.ts";

export interface LinkState {
  target: string;
}

/** A symbolic link; its id is the path. Big things (releases, environments) move by one of these. */
export const link: ResourceKind<LinkState> = {
  kind: "link",
  async read(host, id) {
    const stat = await host.stat(id);
    if (stat?.kind !== "link") return undefined;
    const target = await host.readLink(id);
    return target === undefined ? undefined : { target };
  },
  write: (host, id, state) => (state === undefined ? host.remove(id) : host.link(id, state.target)),
  describe: ({ id, after }) => ({
    words: after === undefined ? `remove link ${id}` : `point ${id} to ${after.target}`,
    affects: { who: "nobody" },
  }),
};
