import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "../installer/sandbox/machine.ts";
import type { HubClient } from "./hub-client.ts";
import { logIn } from "./log-in.ts";

/** Milliseconds. */
const patience = 50 * 60_000;

/** Logs in and gets a server as the browser's page does, which tries again by itself where the class is full. */
export async function serverAsPageDoes(
  machine: Machine,
  name: string,
  onRefusal: () => void = () => undefined,
): Promise<{ client: HubClient; refused: number }> {
  const client = await logIn(machine, name);
  let refused = 0;
  for (const from = performance.now(); performance.now() - from < patience;) {
    if ((await client.get(`user/${name}/api/status`)).status === 200) return { client, refused };
    const { status, body } = await client.get(`hub/spawn/${name}`);
    if (status === 503) {
      const seconds = Number(/http-equiv="refresh" content="(\d+); url=/.exec(body)?.[1]);
      if (!body.includes("The class is full") || !(seconds > 0))
        throw new Error(`no page that asks again: ${body}`);
      refused += 1;
      onRefusal();
      await sleep(seconds * 1000);
      continue;
    }
    if (status >= 400) throw new Error(`no server for ${name}: ${status} ${body.slice(0, 500)}`);
    await client.get(`user/${name}/lab`);
    await sleep(500);
  }
  throw new Error(`${name} never got a server; refused ${refused} times`);
}
