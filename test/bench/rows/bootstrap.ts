import type { Machine } from "../../../installer/sandbox/machine.ts";
import { HubClient } from "../../hub-client.ts";
import { admin, adminPassword, bootstrap as runBootstrap } from "../../installed-machine.ts";
import { testMachine } from "../../machine.ts";
import type { Row } from "../row.ts";
import { untilHealthy } from "../until-healthy.ts";
import { copyStockHub, installStockHub } from "../stock-hub.ts";

/** From nothing on a bare Debian until the front door's /hub/health is 200 and the admin has logged in. */
export const bootstrap: Row = {
  name: "bootstrap",
  async measure({ image, registry, root, say }) {
    const samples = { ours: [] as number[], stock: [] as number[] };
    // Twice: the first run warms this machine's page cache and the mirror's, for whoever comes second.
    for (let round = 0; round < 2; round += 1) {
      await using bare = await testMachine("bench", { image });
      await using other = await testMachine("bench", { image });
      await copyStockHub(other, root);
      samples.ours.push(
        await untilLogin(bare, async () => {
          await runBootstrap(bare, registry);
        }),
      );
      say(`bootstrap: ${samples.ours.at(-1)?.toFixed(1)} s`);
      samples.stock.push(await untilLogin(other, () => installStockHub(other)));
      say(`bootstrap of the stock hub: ${samples.stock.at(-1)?.toFixed(1)} s`);
    }
    return [
      {
        what: "bootstrap on a bare Debian until a login works",
        unit: "s",
        ours: samples.ours,
        beside: { name: "stock", samples: samples.stock },
        must: { ratio: 0.3 },
        aim: { ratio: 0.2 },
      },
    ];
  },
};

/** Seconds until the installer has ended, the hub says that it is well, and the admin is in, whatever comes last. */
async function untilLogin(machine: Machine, install: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await install();
  await untilHealthy(machine);
  const client = new HubClient(`${machine.url}/`);
  await client.login(admin, adminPassword);
  const seconds = (performance.now() - began) / 1000;
  if (!(await client.isLoggedIn())) throw new Error(`${machine.url} does not let the admin in`);
  return seconds;
}
