import type { IncomingMessage, ServerResponse } from "node:http";
import type { ConfigurableProxy } from "configurable-http-proxy/lib/configproxy.js";

/** The hub starts in about a second; whoever waits this long has no hub to wait for. Milliseconds. */
const patience = 100_000;

/**
 * While the hub restarts, systemd's socket queues requests and people merely wait. Where no hub comes, they get the
 * page that says so instead of a browser that turns for ever.
 */
export function holdForHub(proxy: ConfigurableProxy, hub: string, wait = patience): void {
  const limit = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    // oxlint-disable-next-line no-underscore-dangle -- configurable-http-proxy's own name
    const route = await proxy._routes.getTarget(path);
    if (!route?.data.target.startsWith(hub) || response.closed) return;
    const giveUp = () => {
      if (response.headersSent) return;
      proxy.handleProxyError(503, "web", request, response, new Error("no answer from the hub"));
    };
    const timer = setTimeout(giveUp, wait);
    response.once("close", () => clearTimeout(timer));
  };
  proxy.on("proxyRequest", (request, response) => void limit(request, response));
}
