import type { Machine } from "../../../installer/sandbox/machine.ts";
import type { Figure } from "../figure.ts";
import { students } from "../open-bench.ts";
import type { Row } from "../row.ts";
import { takeTurns } from "../take-turns.ts";
import { timeLine } from "../time-line.ts";

/** A roster of 5,000 people beside the bench's own class of twenty, both on Homeroom. */
export const school: Row = {
  name: "school",
  async measure({ ours, school: schoolHub, rounds }) {
    const [few, many] = [await ours(), await schoolHub()];
    let added = 0;
    const addOne = (machine: Machine) => timeLine(machine, `homeroom users add new${(added += 1)}`);
    const samples = await takeTurns(rounds, {
      applyFew: () => timeLine(few, "homeroom apply"),
      applyMany: () => timeLine(many, "homeroom apply"),
      addToFew: () => addOne(few),
      addToMany: () => addOne(many),
      startFew: () => startHub(few),
      startMany: () => startHub(many),
    });
    const figure = (what: string, ours: number[], beside: number[], ratio: number): Figure => ({
      what,
      unit: "s",
      ours,
      beside: { name: `with ${students.length}`, samples: beside },
      must: { ratio },
    });
    return [
      figure("apply with 5,000 people, nothing changed", samples.applyMany, samples.applyFew, 1.3),
      figure("adding one person to 5,000", samples.addToMany, samples.addToFew, 1.5),
      figure("start of the hub with 5,000 people", samples.startMany, samples.startFew, 1.2),
    ];
  },
};

async function startHub(machine: Machine): Promise<number> {
  // With its socket: a health check of the proxy would start it before the clock does.
  await machine.exec(["systemctl", "stop", "homeroom-hub.socket", "homeroom-hub.service"]);
  const healthy = "until curl -fs http://127.0.0.1/hub/health; do sleep 0.02; done";
  return timeLine(machine, `systemctl start homeroom-hub.socket homeroom-hub.service; ${healthy}`);
}
