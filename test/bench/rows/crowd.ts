import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "../../../installer/sandbox/machine.ts";
import { HubClient } from "../../hub-client.ts";
import { logInToServer, stopServer } from "../log-in-to-server.ts";
import { pssOf } from "../memory.ts";
import { students } from "../open-bench.ts";
import { runNotebook } from "../run-notebook.ts";
import type { Row } from "../row.ts";

const settleMs = 10_000;

/** Twenty people who log in at the same moment; then the memory of their servers, once each has run a notebook. */
export const crowd: Row = {
  name: "crowd",
  async measure({ ours, stock, rounds, say }) {
    const [homeroom, peer] = [await ours(), await stock()];
    const samples = { ours: [] as number[], stock: [] as number[] };
    // The first round makes accounts, homes and passwords, and does not count.
    for (let round = 0; round <= Math.min(rounds, 2); round += 1) {
      for (const [name, machine] of [
        ["ours", homeroom],
        ["stock", peer],
      ] as const) {
        const clients = await allLogIn(machine);
        say(`20 at once: ${clients.seconds.toFixed(1)} s (${name})`);
        if (round > 0) samples[name].push(clients.seconds);
        await allStop(clients.all);
      }
    }
    const bytes = {
      ours: await afterNotebooks(homeroom, (student) => `homeroom-user@${student}.service`),
      stock: await afterNotebooks(peer, (student) => `jupyter-${student}.service`),
    };
    return [
      {
        what: "20 log in at once, all have their server",
        unit: "s",
        ours: samples.ours,
        beside: { name: "stock", samples: samples.stock },
        must: { ratio: 0.4 },
        aim: { ratio: 0.25 },
      },
      {
        what: "memory of one person's server, 20 up, after a notebook ran in each",
        unit: "MB",
        ours: bytes.ours,
        beside: { name: "stock", samples: bytes.stock },
        must: { ratio: 0.55 },
        aim: { ratio: 0.45 },
      },
    ];
  },
};

interface Crowd {
  all: Map<string, HubClient>;
  /** Until the last of them had their server. */
  seconds: number;
}

async function allLogIn(machine: Machine): Promise<Crowd> {
  const all = new Map(students.map((student) => [student, new HubClient(`${machine.url}/`)]));
  const began = performance.now();
  await Promise.all(Array.from(all, ([student, client]) => logInToServer(client, student)));
  return { all, seconds: (performance.now() - began) / 1000 };
}

async function allStop(clients: Crowd["all"]): Promise<void> {
  await Promise.all(Array.from(clients, ([student, client]) => stopServer(client, student)));
}

/** Memory of each server in MB; the kernels have ended. */
async function afterNotebooks(machine: Machine, unitOf: (student: string) => string): Promise<number[]> {
  const { all } = await allLogIn(machine);
  for (const [student, client] of all) await runNotebook(client, student);
  await sleep(settleMs);
  const megabytes: number[] = [];
  for (const student of students) megabytes.push(await pssOf(machine, [unitOf(student)]));
  await allStop(all);
  return megabytes;
}
