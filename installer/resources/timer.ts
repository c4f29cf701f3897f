import type { HostReader } from "../host/host.ts";
import type { ResourceKind } from "./resource.ts";
import { isRunning, startUnit } from "./service.ts";
import { showUnits } from "./systemctl.ts";

export interface TimerState {
  active: true;
}

/** A timer that systemd runs, or paths that it watches; its id is the unit. */
export const timer: ResourceKind<TimerState> = {
  kind: "timer",
  async read(host, id) {
    return (await readTimers(host, [id])).get(id);
  },
  readMany: readTimers,
  async write(host, id, state) {
    if (state !== undefined) await startUnit(host, "start", id);
    else await host.run(["systemctl", "stop", "--", id], { okCodes: [0, 5] });
  },
  describe: ({ id, after }) => ({
    words: `${after === undefined ? "stop" : "start"} ${id}`,
    affects: { who: "nobody" },
  }),
};

async function readTimers(host: HostReader, ids: readonly string[]): Promise<Map<string, TimerState>> {
  const states = new Map<string, TimerState>();
  for (const [id, unit] of await showUnits(host, ids, ["ActiveState"])) {
    if (isRunning(unit)) states.set(id, { active: true });
  }
  return states;
}
