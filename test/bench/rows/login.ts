import type { Machine } from "../../../installer/sandbox/machine.ts";
import { HubClient } from "../../hub-client.ts";
import { logInToServer, stopServer } from "../log-in-to-server.ts";
import type { Row } from "../row.ts";
import { takeTurns } from "../take-turns.ts";

/** From the login form's POST until the person's own server answers them, as a browser waits for it. */
export const login: Row = {
  name: "login",
  async measure({ ours, stock, rounds }) {
    const [homeroom, peer] = [await ours(), await stock()];
    // The first login, which makes account, home and password, is takeTurns' turn that does not count.
    const samples = await takeTurns(rounds, { ours: () => once(homeroom), stock: () => once(peer) });
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

const student = "s01";

/** Seconds; the server is down again afterwards. */
async function once(machine: Machine): Promise<number> {
  const client = new HubClient(`${machine.url}/`);
  const seconds = await logInToServer(client, student);
  await stopServer(client, student);
  return seconds;
}
