import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient } from "../hub-client.ts";

/** Waits until the front door's /hub/health is 200, asking every 20 ms. @throws Error after two minutes. */
export async function untilHealthy(machine: Machine): Promise<void> {
  const client = new HubClient(`${machine.url}/`);
  const deadline = performance.now() + 120_000;
  while (performance.now() < deadline) {
    // Nobody listens yet: refused or reset.
    const answer = await client.get("hub/health").catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(20);
  }
  throw new Error(`${machine.url}/hub/health is not well`);
}
