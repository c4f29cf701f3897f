import { randomBytes } from "node:crypto";
import { octal } from "./file.ts";
import type { ResourceKind } from "./resource.ts";

export interface SecretState {
  /** Bytes of randomness; the file holds them in hex. */
  bytes: number;
}

/** A random secret that only root reads; its id is the path. Once made it is never shown, changed or hashed. */
export const secret: ResourceKind<SecretState> = {
  kind: "secret",
  pathOf: (id) => id,
  async read(host, id) {
    const stat = await host.stat(id);
    if (stat?.kind !== "file" || octal(stat.mode) !== "0600" || stat.uid !== 0) return undefined;
    return { bytes: Math.floor(stat.size / 2) };
  },
  async write(host, id, state) {
    if (state === undefined) return host.remove(id);
    await host.write(id, randomBytes(state.bytes).toString("hex"), { mode: 0o600, uid: 0, gid: 0 });
  },
  describe: ({ id, after }) => ({
    words: `${after === undefined ? "remove" : "make"} the secret ${id.slice(id.lastIndexOf("/") + 1)}`,
    affects: { who: "nobody" },
  }),
};
