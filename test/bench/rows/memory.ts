import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "../../../installer/sandbox/machine.ts";
import { HubClient } from "../../hub-client.ts";
import { logInToServer, stopServer } from "../log-in-to-server.ts";
import { pssOf } from "../memory.ts";
import type { Row } from "../row.ts";
import { timeLine } from "../time-line.ts";
import { untilHealthy } from "../until-healthy.ts";

const student = "s02";
const times = 3;
const settleMs = 20_000;

/** Idle memory: of the hub's services after a start, of one person's server after the login. */
export const memory: Row = {
  name: "memory",
  async measure({ ours, stock }) {
    const [homeroom, peer] = [await ours(), await stock()];
    const services = await besideEachOther([
      () => core(homeroom, "homeroom-hub homeroom-proxy@a homeroom-culler", ["homeroom-core.slice"]),
      () => core(peer, "stock-hub stock-proxy", ["stock-hub.service", "stock-proxy.service"]),
    ]);
    const servers = await besideEachOther([
      () => oneServer(homeroom, `homeroom-user@${student}.service`),
      () => oneServer(peer, `jupyter-${student}.service`),
    ]);
    return [
      {
        what: "idle memory of hub, proxy and culler",
        unit: "MB",
        ours: services[0] ?? [],
        beside: { name: "stock", samples: services[1] ?? [] },
        must: { ratio: 0.9 },
        aim: { ratio: 0.75 },
      },
      {
        what: "idle memory of one person's server",
        unit: "MB",
        ours: servers[0] ?? [],
        beside: { name: "stock", samples: servers[1] ?? [] },
        must: { ratio: 0.85 },
        aim: { ratio: 0.5 },
      },
    ];
  },
};

/** Both sides at the same time, which memory does not mind; the samples of each. */
async function besideEachOther(sides: readonly (() => Promise<number>)[]): Promise<number[][]> {
  const samples = sides.map((): number[] => []);
  for (let round = 0; round < times; round += 1) {
    const measured = await Promise.all(sides.map((side) => side()));
    for (const [index, sample] of measured.entries()) samples[index]?.push(sample);
  }
  return samples;
}

async function core(machine: Machine, services: string, units: readonly string[]): Promise<number> {
  await timeLine(machine, `systemctl stop ${services} 2>/dev/null; ${forget}; systemctl start ${services}`);
  await untilHealthy(machine);
  await sleep(settleMs);
  return pssOf(machine, units);
}

/**
 * As after a reboot: what an installer has just written is in the page cache in larger pieces than what is read from
 * a disk, and a process that touches a byte is charged with more of them: on Linux 6.18 the mappings of one and the
 * same Node had 67 MB in one machine and 50 MB in another.
 */
const forget = "sync; find /opt -xdev -type f -size +4M -exec dd if={} iflag=nocache count=0 status=none ';'";

async function oneServer(machine: Machine, unit: string): Promise<number> {
  const client = new HubClient(`${machine.url}/`);
  await logInToServer(client, student);
  await sleep(settleMs);
  const megabytes = await pssOf(machine, [unit]);
  await stopServer(client, student);
  return megabytes;
}
