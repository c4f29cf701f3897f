import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { ConfigurableProxy } from "configurable-http-proxy/lib/configproxy.js";

/**
 * Each request to a unix socket has a connection of its own, and configurable-http-proxy says so to both sides:
 * - to the hub or server, which then closes first. On a unix socket the proxy's last (empty) write then fails with
 *   EPIPE where a fast answer was already on its way, and the person gets a 503. So the closing is left to the proxy.
 * - to the browser, which would need a new connection (later a new TLS handshake) for every file of JupyterLab.
 *   While draining the opposite: every answer asks it to come back on a new connection.
 */
export function keepClientsConnected(proxy: ConfigurableProxy, draining: { readonly now: boolean }): void {
  proxy.proxy.on("proxyReq", (outgoing: ClientRequest) => {
    if (!outgoing.headersSent) outgoing.setHeader("connection", "keep-alive");
  });
  proxy.proxy.on("proxyRes", (answer: IncomingMessage) => {
    delete answer.headers.connection;
    if (draining.now) answer.headers.connection = "close";
  });
  proxy.proxyServer.prependListener("request", (_request, response: ServerResponse) => {
    if (draining.now) response.shouldKeepAlive = false;
  });
}
