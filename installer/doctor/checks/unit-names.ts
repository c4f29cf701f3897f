import type { Generation } from "../../generations/generations.ts";

/** Kinds of resources that are units which have to run. */
const running = new Set(["service", "socket"]);

/** The services and sockets that a generation runs. */
export function unitsOf(generation: Generation | undefined): string[] {
  return (generation?.resources ?? []).filter(({ kind }) => running.has(kind)).map(({ id }) => id);
}

/** The two instances of the proxy, of which one at least serves. */
export const proxies = ["homeroom-proxy@a.service", "homeroom-proxy@b.service"] as const;
