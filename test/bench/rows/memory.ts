import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "../../../installer/sandbox/machine.ts";
import { HubClient } from "../../hub-client.ts";
import { logInToServer, stopServer } from "../log-in-to-server.ts";
import { pssOf } from "../memory.ts";
import type { Row } from "../row.ts";
import { timeLine } from "../time-line.ts";
import { untilHealthy } from "../until-healthy.ts";

const student = "s02";
const settleMs = 30_000;

/** Idle memory: hub, proxy and culler half a minute after a start; one person's server half a minute after the login. */
export const memory: Row = {
  name: "memory",
  async measure({ ours, stock }) {
    const [homeroom, peer] = [await ours(), await stock()];
    const mine = await core(homeroom, "homeroom-hub homeroom-proxy@a homeroom-culler", [
      "homeroom-core.slice",
    ]);
    const stockUnits = ["stock-hub.service", "stock-proxy.service"];
    const theirs = await core(peer, "stock-hub stock-proxy", stockUnits);
    const [server, stockServer] = [
      await oneServer(homeroom, `homeroom-user@${student}.service`),
      await oneServer(peer, `jupyter-${student}.service`),
    ];
    return [
      {
        what: "idle memory of hub, proxy and culler",
        unit: "MB",
        ours: [mine],
        beside: { name: "stock", samples: [theirs] },
        must: { ratio: 0.9 },
        aim: { ratio: 0.75 },
      },
      {
        what: "idle memory of one person's server",
        unit: "MB",
        ours: [server],
        beside: { name: "stock", samples: [stockServer] },
        must: { ratio: 0.85 },
        aim: { ratio: 0.5 },
      },
    ];
  },
};

async function core(machine: Machine, services: string, units: readonly string[]): Promise<number> {
  await timeLine(machine, `systemctl restart ${services}`);
  await untilHealthy(machine);
  await sleep(settleMs);
  return pssOf(machine, units);
}

async function oneServer(machine: Machine, unit: string): Promise<number> {
  const client = new HubClient(`${machine.url}/`);
  await logInToServer(client, student);
  await sleep(settleMs);
  const megabytes = await pssOf(machine, [unit]);
  await stopServer(client, student);
  return megabytes;
}
