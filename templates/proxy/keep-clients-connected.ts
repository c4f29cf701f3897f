import type { IncomingMessage, ServerResponse } from "node:http";
import type { ConfigurableProxy } from "configurable-http-proxy/lib/configproxy.js";

/**
 * Each request to a unix socket has a connection of its own, which the answer's `Connection: close` is about; passed
 * on, it would cost the browser a new connection (later a new TLS handshake) for every file of JupyterLab.
 * While draining the opposite: every answer asks the browser to come back on a new connection.
 */
export function keepClientsConnected(proxy: ConfigurableProxy, draining: { readonly now: boolean }): void {
  proxy.proxy.on("proxyRes", (answer: IncomingMessage) => {
    delete answer.headers.connection;
    if (draining.now) answer.headers.connection = "close";
  });
  proxy.proxyServer.prependListener("request", (_request, response: ServerResponse) => {
    if (draining.now) response.shouldKeepAlive = false;
  });
}
