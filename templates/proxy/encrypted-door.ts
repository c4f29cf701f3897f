import { readFileSync, watch } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from "node:http2";
import { basename, dirname } from "node:path";
import type { Log } from "configurable-http-proxy/lib/configproxy.js";
import type { Door } from "./door.ts";

export interface EncryptedDoorOptions {
  /** A PEM file with the private key, the certificate and the intermediate ones; replaced by a rename when it is renewed. */
  certificate: string;
  /** Seconds for which browsers are told to come encrypted only (RFC 6797); 0 tells them nothing. */
  strictSeconds: number;
  log: Log;
}

/**
 * HTTPS with TLS 1.2 and newer, HTTP/2 or HTTP/1.1 as the browser likes (websockets come by the latter), in front of
 * whatever `inner` answers. A renewed certificate counts from the next handshake on; open connections keep theirs.
 */
export function encryptedDoor(
  inner: Server,
  { certificate, strictSeconds, log }: EncryptedDoorOptions,
): Door {
  const pem = readFileSync(certificate);
  const server = createSecureServer({ key: pem, cert: pem, minVersion: "TLSv1.2", allowHTTP1: true });
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    session.on("error", (error) => log.warn("a connection ended: %s", error.message));
  });
  server.on("request", (request, response) => {
    // What the hub goes by, which HTTP/2 names otherwise.
    request.headers.host ??= request.headers[":authority"];
    if (strictSeconds > 0) response.setHeader("strict-transport-security", `max-age=${strictSeconds}`);
    inner.emit("request", request as unknown as IncomingMessage, response as unknown as ServerResponse);
  });
  server.on("upgrade", (...connection: unknown[]) => inner.emit("upgrade", ...connection));
  followCertificate(server, certificate, log);
  return {
    server,
    goAway() {
      for (const session of sessions) session.close();
    },
    // Node has it here too, for those who came by HTTP/1; its type declarations don't.
    closeIdle: () => (server as unknown as Server).closeIdleConnections(),
  };
}

/** The directory, because a rename puts a new file in the place of the watched one. */
function followCertificate(server: Http2SecureServer, path: string, log: Log): void {
  const watcher = watch(dirname(path), (_event, name) => {
    if (name !== basename(path)) return;
    try {
      const pem = readFileSync(path);
      server.setSecureContext({ key: pem, cert: pem, minVersion: "TLSv1.2" });
      log.info("the certificate was read anew");
    } catch (error) {
      // The one that is in use goes on.
      log.error("the new certificate cannot be used: %s", error);
    }
  });
  watcher.on("error", (error) => log.warn("cannot follow %s: %s", path, error));
  watcher.unref();
}
