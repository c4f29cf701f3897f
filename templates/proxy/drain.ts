import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Charge } from "./charge.ts";
import type { Door } from "./door.ts";
import { journal } from "./journal.ts";

/** Requests in flight get this long where no other instance has taken over. Milliseconds. */
const hurry = 3000;
const step = 100;

/**
 * Stops accepting (systemd and the other instance keep the listening sockets) and returns when what is open has
 * ended: with a successor everything, websockets too, else requests only and for a few seconds.
 */
export async function drain(doors: readonly Door[], charge: Charge, patience = hurry): Promise<void> {
  const open = async () =>
    (await Promise.all(doors.map(async ({ server }) => connections(server)))).reduce((a, b) => a + b, 0);
  journal.info(
    "stopping: %d connections open, %s",
    await open(),
    charge.hasSuccessor() ? "another instance serves" : "no successor",
  );
  // Not http.Server.close: it cuts idle connections, on which a browser may be sending at this very moment.
  for (const door of doors) {
    net.Server.prototype.close.call(door.server);
    door.goAway();
  }
  let hurried = 0;
  while ((await open()) > 0 && hurried < patience) {
    await sleep(step);
    if (charge.hasSuccessor()) continue;
    hurried += step;
    for (const door of doors) door.closeIdle();
  }
  charge.release();
  journal.info("stopped with %d connections open", await open());
}

/** Upgraded ones (websockets) count too. */
function connections(server: Door["server"]): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count ?? 0)));
}
