import type { HostReader } from "../host/host.ts";
import { isRunning, startUnit } from "./service.ts";
import type { ResourceKind } from "./resource.ts";
import { showUnits } from "./systemctl.ts";

export interface SocketState {
  /** What it listens on, as systemd shows it: "[::]:80" or "/run/homeroom/hub.sock". */
  listen: string;
}

const frontDoors = new Set(["homeroom-proxy.socket", "homeroom-https.socket"]);

/** A socket that systemd holds; its id is the unit. It stays open over every restart of its service. */
export const socket: ResourceKind<SocketState> = {
  kind: "socket",
  async read(host, id) {
    return (await readSockets(host, [id])).get(id);
  },
  readMany: readSockets,
  async write(host, id, state) {
    const shown = (await showUnits(host, [id], ["ActiveState", "Triggers"])).get(id) ?? {};
    if (isRunning(shown)) {
      // A listening socket can only be exchanged while the services that hold it are stopped; one that is only
      // closed is let go by them with the next exchange.
      const services = state === undefined ? [] : (shown["Triggers"] ?? "").split(" ").filter(Boolean);
      await host.run(["systemctl", "stop", "--", id, ...services], { okCodes: [0, 5] });
    }
    if (state !== undefined) await startUnit(host, "start", id);
  },
  describe: ({ id, before, after }) => ({
    words: after === undefined ? `close ${id}` : `listen on ${after.listen}`,
    affects:
      before === undefined || !frontDoors.has(id) ? { who: "nobody" } : { who: "front-door", seconds: 1 },
  }),
};

async function readSockets(host: HostReader, ids: readonly string[]): Promise<Map<string, SocketState>> {
  const states = new Map<string, SocketState>();
  for (const [id, unit] of await showUnits(host, ids, ["ActiveState", "Listen"])) {
    if (isRunning(unit)) states.set(id, { listen: (unit["Listen"] ?? "").replace(/ \(\w+\)$/, "") });
  }
  return states;
}
