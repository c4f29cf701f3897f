import { evenLoad } from "../even-load.ts";
import type { Row } from "../row.ts";
import { timeLine } from "../time-line.ts";
import { freshRequest } from "../fresh-request.ts";

/** A restart of the hub while people come to the front door, each by a connection of their own. */
export const restart: Row = {
  name: "restart",
  async measure({ ours, stock, say }) {
    const [homeroom, peer] = [await ours(), await stock()];
    const load = (url: string) => ({
      count: 2000,
      perSecond: 200,
      ask: async () => (await freshRequest(`${url}/hub/login`)) === 200,
    });
    const mine = await evenLoad(load(homeroom.url), async () => {
      await timeLine(homeroom, "systemctl restart homeroom-hub");
    });
    const theirs = await evenLoad(load(peer.url), async () => {
      await timeLine(peer, "systemctl restart stock-hub");
    });
    say(`restart: ${mine.sent} and ${theirs.sent} requests`);
    return [
      {
        what: "failed requests of 2,000 at the front door while the hub restarts",
        unit: "requests",
        ours: [mine.failed],
        beside: { name: "stock", samples: [theirs.failed] },
        must: { most: 0 },
      },
      {
        what: "slowest of them",
        unit: "s",
        ours: [mine.slowest],
        aim: { most: 1.5 },
      },
    ];
  },
};
