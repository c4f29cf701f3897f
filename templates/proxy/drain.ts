import net, { type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConfigurableProxy } from "configurable-http-proxy/lib/configproxy.js";
import type { Charge } from "./charge.ts";
import { journal } from "./journal.ts";

/** Requests in flight get this long where no other instance has taken over. Milliseconds. */
const hurry = 3000;
const step = 100;

/**
 * Stops accepting (systemd and the other instance keep the listening sockets) and returns when what is open has
 * ended: with a successor everything, websockets too, else requests only and for a few seconds.
 */
export async function drain(proxy: ConfigurableProxy, charge: Charge, patience = hurry): Promise<void> {
  const open = async () => (await connections(proxy.proxyServer)) + (await connections(proxy.apiServer));
  journal.info(
    "stopping: %d connections open, %s",
    await open(),
    charge.hasSuccessor() ? "another instance serves" : "no successor",
  );
  // Not http.Server.close: it cuts idle connections, on which a browser may be sending at this very moment.
  net.Server.prototype.close.call(proxy.proxyServer);
  proxy.apiServer.close();
  let hurried = 0;
  while ((await open()) > 0 && hurried < patience) {
    await sleep(step);
    if (charge.hasSuccessor()) continue;
    hurried += step;
    proxy.proxyServer.closeIdleConnections();
  }
  charge.release();
  journal.info("stopped with %d connections open", await open());
}

/** Upgraded ones (websockets) count too. */
function connections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count ?? 0)));
}
