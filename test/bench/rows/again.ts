import { bootstrapLine } from "../../installed-machine.ts";
import type { Row } from "../row.ts";
import { installStockHub } from "../stock-hub.ts";
import { takeTurns } from "../take-turns.ts";
import { timeLine } from "../time-line.ts";
import { untilHealthy } from "../until-healthy.ts";
import { narrateWitnessed, witness } from "../watch.ts";

/** The installer run a second time with nothing changed; the stock hub's is over when its hub answers again. */
export const again: Row = {
  name: "again",
  async measure({ ours, stock, registry, rounds, say }) {
    const [homeroom, peer] = [await ours(), await stock()];
    const { line, env } = await bootstrapLine(homeroom, registry);
    const samples = await takeTurns(rounds, {
      bootstrap: () => timeLine(homeroom, line, env),
      apply: () => timeLine(homeroom, "homeroom apply"),
      async stock() {
        const began = performance.now();
        await installStockHub(peer);
        await untilHealthy(peer);
        return (performance.now() - began) / 1000;
      },
    });
    const seen = await witness(homeroom, async () => {
      await timeLine(homeroom, line, env);
    });
    narrateWitnessed(say, seen);
    const beside = { name: "stock", samples: samples.stock };
    const bounds = { must: { ratio: 1 / 20 }, aim: { ratio: 1 / 60 } };
    return [
      {
        what: "second run of bootstrap.sh, nothing changed",
        unit: "s",
        ours: samples.bootstrap,
        beside,
        ...bounds,
      },
      { what: "apply, nothing changed", unit: "s", ours: samples.apply, beside, ...bounds },
      {
        what: "files written by the second run",
        unit: "files",
        ours: [seen.written.length],
        must: { most: 0 },
      },
      { what: "units touched by it", unit: "units", ours: [seen.systemd.length], must: { most: 0 } },
    ];
  },
};
