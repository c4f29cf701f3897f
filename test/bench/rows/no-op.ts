import type { Machine } from "../../../installer/sandbox/machine.ts";
import type { Row } from "../row.ts";
import { takeTurns } from "../take-turns.ts";
import { timeLine } from "../time-line.ts";
import { narrateWitnessed, witness } from "../watch.ts";

/** An apply with nothing to do, beside a restart of the stock hub until it answers. */
export const noOp: Row = {
  name: "no-op",
  async measure({ ours, stock, rounds, say }) {
    const [homeroom, peer] = [await ours(), await stock()];
    const restart =
      "systemctl restart stock-hub; until curl -fs http://127.0.0.1/hub/health; do sleep 0.02; done";
    const samples = await takeTurns(rounds, {
      ours: () => timeLine(homeroom, "homeroom apply"),
      stock: () => timeLine(peer, restart),
    });
    const seen = await witness(homeroom, async () => {
      await timeLine(homeroom, "homeroom apply");
    });
    narrateWitnessed(say, seen);
    await proveTheWatch(homeroom);
    return [
      {
        what: "apply, nothing changed, beside a restart",
        unit: "s",
        ours: samples.ours,
        beside: { name: "stock restart", samples: samples.stock },
        must: { ratio: 0.1 },
      },
      { what: "files written by it", unit: "files", ours: [seen.written.length], must: { most: 0 } },
      { what: "units touched by it", unit: "units", ours: [seen.systemd.length], must: { most: 0 } },
    ];
  },
};

/** @throws Error where the watch misses a file that came and went, or a reload of systemd. */
async function proveTheWatch(machine: Machine): Promise<void> {
  const seen = await witness(machine, async () => {
    await timeLine(machine, "touch /etc/homeroom/x; rm /etc/homeroom/x; systemctl daemon-reload");
  });
  if (!seen.written.includes("/etc/homeroom") || seen.systemd.length === 0) {
    throw new Error(`the watch is blind: ${JSON.stringify(seen)}`);
  }
}
