import { HubClient } from "../../hub-client.ts";
import type { Machine } from "../../../installer/sandbox/machine.ts";
import { logInToServer, stopServer } from "../log-in-to-server.ts";
import type { Row } from "../row.ts";

const person = { name: "s01", password: "password-of-s01" };

/** From the login form's POST until the person's own server answers them, as a browser waits for it. */
export const login: Row = {
  name: "login",
  async measure({ ours, stock, rounds, say }) {
    const [homeroom, peer] = [await ours(), await stock()];
    // The first login makes account, home and password; what is measured is every other day.
    await once(homeroom);
    await once(peer);
    const samples = { ours: [] as number[], stock: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      samples.ours.push(await once(homeroom));
      samples.stock.push(await once(peer));
      say(`login: ${samples.ours.at(-1)?.toFixed(2)} s, stock ${samples.stock.at(-1)?.toFixed(2)} s`);
    }
    return [
      {
        what: "login to a server that answers",
        unit: "s",
        ours: samples.ours,
        beside: { name: "stock", samples: samples.stock },
        must: { ratio: 0.4 },
        aim: { ratio: 0.3 },
      },
    ];
  },
};

/** Seconds; the server is down again afterwards. */
async function once(machine: Machine): Promise<number> {
  const client = new HubClient(`${machine.url}/`);
  const seconds = await logInToServer(client, person.name, person.password);
  await stopServer(client, person.name);
  return seconds;
}
