import type { Server } from "node:http";
import type { Http2SecureServer } from "node:http2";

/** A listening server that can be left behind without cutting anything. */
export interface Door {
  server: Server | Http2SecureServer;
  /** Asks clients to come back on a new connection; what is in flight on this one ends in peace. */
  goAway(): void;
  /** Closes connections on which nothing is in flight. */
  closeIdle(): void;
}

/** A door of HTTP/1: its clients are asked to go by the next answer (keep-clients-connected.ts). */
export function httpDoor(server: Server): Door {
  return { server, goAway: () => {}, closeIdle: () => server.closeIdleConnections() };
}
