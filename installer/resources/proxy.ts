import type { HostReader } from "../host/host.ts";
import type { ResourceKind } from "./resource.ts";
import { inputsOf, isRunning, mayRunWith, startUnit, type ServiceState } from "./service.ts";
import { showUnits, type UnitProperties } from "./systemctl.ts";

const instances = ["homeroom-proxy@a.service", "homeroom-proxy@b.service"] as const;

/**
 * The proxy at the front door, of which two instances share the sockets that systemd holds. It is exchanged
 * without dropping a connection: the other instance starts, then this one drains. Its id is "homeroom-proxy".
 */
export const proxy: ResourceKind<ServiceState> = {
  kind: "proxy",
  async read(host) {
    const current = await running(host);
    return current === undefined ? undefined : { inputs: current.inputs };
  },
  async write(host, _id, state) {
    if (state === undefined) {
      await host.run(["systemctl", "stop", "--", ...instances], { okCodes: [0, 5] });
      return;
    }
    const current = await running(host);
    const next = current?.unit === instances[0] ? instances[1] : instances[0];
    if (await isDraining(host, next)) {
      // It still carries websockets from the exchange before; a second signal ends them (templates/README.md).
      await host.run(["systemctl", "kill", "--signal=SIGTERM", "--", next], { okCodes: [0, 1] });
    }
    await startUnit(host, "start", next);
    if (current !== undefined) await host.run(["systemctl", "stop", "--no-block", "--", current.unit]);
  },
  isSame: mayRunWith,
  describe: ({ before, after }) => ({
    words: `${after === undefined ? "stop" : before === undefined ? "start" : "exchange"} the proxy`,
    affects: after === undefined ? { who: "front-door", seconds: 0 } : { who: "nobody" },
  }),
};

/** The instance that serves: of two that are up during an exchange the one that came last. */
async function running(host: HostReader): Promise<{ unit: string; inputs: string } | undefined> {
  const shown = await showUnits(host, instances, ["ActiveState", "MainPID", "ActiveEnterTimestampMonotonic"]);
  const [newest] = [...shown]
    .filter(([, properties]) => isRunning(properties))
    .toSorted(([, a], [, b]) => since(b) - since(a));
  if (newest === undefined) return undefined;
  const [unit, properties] = newest;
  return { unit, inputs: await inputsOf(host, properties) };
}

/** Microseconds since boot. */
function since({ ActiveEnterTimestampMonotonic: at = "0" }: UnitProperties): number {
  return Number(at);
}

async function isDraining(host: HostReader, unit: string): Promise<boolean> {
  return (await showUnits(host, [unit], ["ActiveState"])).get(unit)?.["ActiveState"] === "deactivating";
}
