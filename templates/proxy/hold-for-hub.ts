import type { IncomingMessage, ServerResponse } from "node:http";
import type { ConfigurableProxy } from "configurable-http-proxy/lib/configproxy.js";

/** The hub starts in about a second; whoever waits this long has no hub to wait for. Milliseconds. */
const patience = 100_000;

/**
 * While the hub restarts, systemd's socket queues requests and people merely wait. Where no hub comes, they get the
 * page that says so instead of a browser that turns for ever.
 */
export function holdForHub(proxy: ConfigurableProxy, hub: string, wait = patience): void {
  proxy.on("proxyRequest", (request: IncomingMessage, response: ServerResponse) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    // oxlint-disable-next-line no-underscore-dangle -- configurable-http-proxy's own name
    void proxy._routes.getTarget(path).then((route) => {
      if (!route?.data.target.startsWith(hub)) return;
      const timer = setTimeout(() => {
        if (!response.headersSent)
          proxy.handleProxyError(503, "web", request, response, new Error("no answer from the hub"));
      }, wait);
      response.once("close", () => clearTimeout(timer));
    });
  });
}
