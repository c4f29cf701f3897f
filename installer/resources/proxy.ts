import type { HostReader } from "../host/host.ts";
import type { ResourceKind } from "./resource.ts";
import { inputsOf, isRunning, startUnit, type ServiceState } from "./service.ts";
import { showUnits } from "./systemctl.ts";

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
    await startUnit(host, "start", next);
    if (current !== undefined) await host.run(["systemctl", "stop", "--no-block", "--", current.unit]);
  },
  describe: ({ before, after }) => ({
    words: `${after === undefined ? "stop" : before === undefined ? "start" : "exchange"} the proxy`,
    affects: after === undefined ? { who: "front-door", seconds: 0 } : { who: "nobody" },
  }),
};

async function running(host: HostReader): Promise<{ unit: string; inputs: string } | undefined> {
  for (const [unit, properties] of await showUnits(host, instances, ["ActiveState", "MainPID"])) {
    if (isRunning(properties)) return { unit, inputs: (await inputsOf(host, properties)) ?? "unknown" };
  }
  return undefined;
}
