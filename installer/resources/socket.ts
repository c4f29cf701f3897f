import type { HostReader } from "../host/host.ts";
import { isRunning, startUnit } from "./service.ts";
import type { ResourceKind } from "./resource.ts";
import { showUnits } from "./systemctl.ts";

export interface SocketState {
  /** What it listens on, as systemd shows it: "[::]:80" or "/run/homeroom/hub.sock". */
  listen: string;
  /** The services that hold it: a listening socket can only be exchanged while they are stopped. */
  services: string[];
}

/** A socket that systemd holds; its id is the unit. It stays open over every restart of its service. */
export const socket: ResourceKind<SocketState> = {
  kind: "socket",
  async read(host, id) {
    return (await readSockets(host, [id])).get(id);
  },
  readMany: readSockets,
  async write(host, id, state) {
    const listening = (await readSockets(host, [id])).get(id);
    if (state === undefined) {
      await host.run(["systemctl", "stop", "--", id, ...(listening?.services ?? [])], { okCodes: [0, 5] });
      return;
    }
    if (listening !== undefined) {
      await host.run(["systemctl", "stop", "--", id, ...listening.services], { okCodes: [0, 5] });
    }
    await startUnit(host, "start", id);
  },
  describe: ({ id, before, after }) => ({
    words: after === undefined ? `close ${id}` : `listen on ${after.listen}`,
    affects:
      before === undefined || !id.startsWith("homeroom-proxy.")
        ? { who: "nobody" }
        : { who: "front-door", seconds: 1 },
  }),
};

async function readSockets(host: HostReader, ids: readonly string[]): Promise<Map<string, SocketState>> {
  const states = new Map<string, SocketState>();
  for (const [id, unit] of await showUnits(host, ids, ["ActiveState", "Listen", "Triggers"])) {
    if (!isRunning(unit)) continue;
    const listen = (unit["Listen"] ?? "").replace(/ \(\w+\)$/, "");
    states.set(id, { listen, services: (unit["Triggers"] ?? "").split(" ").filter(Boolean) });
  }
  return states;
}
