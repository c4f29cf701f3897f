import { expect } from "vitest";
import type { Machine } from "../installer/sandbox/machine.ts";
import type { HubClient } from "./hub-client.ts";
import { shell } from "./installed-machine.ts";
import { startTraffic } from "./traffic.ts";

/** The person's cell looks for it; in a folder that everybody reads. */
const enough = "/srv/enough";

/**
 * Does something to the machine while a cell of somebody's says a number ten times a second, and while others ask for
 * the login page and for that person's server, evenly and at least 500 times until well after it is done. No request
 * may fail, no number be lost, and websocket, kernel and server must be the ones from before.
 */
export async function unnoticedBy(
  machine: Machine,
  client: HubClient,
  name: string,
  act: () => Promise<unknown>,
): Promise<void> {
  await using kernel = await client.kernel(name);
  const processes = "import os; print(os.getpid(), os.getppid())";
  const before = await kernel.run(processes);
  await shell(machine, `rm -f ${enough}`);
  const counted = kernel.run(
    `import os, time\nn = 0\nwhile not os.path.exists("${enough}"):\n    print(n, flush=True); n += 1; time.sleep(0.1)`,
    10 * 60_000,
  );
  const traffic = ["hub/login", `user/${name}/api`].map((path) =>
    startTraffic(`${machine.url}/${path}`, { everyMs: 40 }),
  );
  await act();
  for (const each of traffic) await each.reach(250);
  const answers = (await Promise.all(traffic.map((each) => each.end()))).flat();
  await shell(machine, `touch ${enough}`);
  const numbers = (await counted).split("\n").map(Number);
  expect([...new Set(answers)]).toEqual([200]);
  expect(answers.length).toBeGreaterThanOrEqual(500);
  expect(numbers).toEqual(Array.from(numbers.keys()));
  expect(numbers.length).toBeGreaterThan(50);
  expect(await kernel.run(processes)).toBe(before);
}
