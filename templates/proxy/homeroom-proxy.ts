/**
 * The front door: configurable-http-proxy on sockets that systemd holds; run by homeroom-proxy@a and @b.
 *
 * Bundled to dist/homeroom-proxy.mjs by esbuild with
 *   bundle, platform "node", format "esm", target "node26", minifySyntax,
 *   alias winston -> ./templates/proxy/without-winston.ts, prom-client -> ./templates/proxy/without-prom-client.ts,
 *   banner.js `import { createRequire as _createRequire } from "node:module"; const require = _createRequire(import.meta.url);`
 *   (http-proxy-3's dependencies are CommonJS and require Node's own modules).
 */
import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:net";
import { join } from "node:path";
import { ConfigurableProxy } from "configurable-http-proxy/lib/configproxy.js";
import { showProgress } from "../progress/progress-page.ts";
import { answerFirst } from "./answer-first.ts";
import { answerChallenge } from "./challenges.ts";
import { Charge } from "./charge.ts";
import { drain } from "./drain.ts";
import { httpDoor, type Door } from "./door.ts";
import { encryptedDoor } from "./encrypted-door.ts";
import { holdForHub } from "./hold-for-hub.ts";
import { journal } from "./journal.ts";
import { keepClientsConnected } from "./keep-clients-connected.ts";
import { addressList, tellOrigin } from "./origin.ts";
import { plainDoor } from "./plain-door.ts";
import { RouteStore } from "./route-store.ts";
import { feedWatchdog, listeningSockets, notify } from "./systemd.ts";
import { whenThere } from "./when-there.ts";

/** As in the socket units: Node sets a socket's queue anew, to 511 where it is not told. */
const backlog = 4096;

const environment = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: homeroom-proxy runs as a service of systemd`);
  return value;
};

const state = environment("HOMEROOM_STATE");
const hub = `http+unix://${encodeURIComponent(environment("HOMEROOM_HUB_SOCKET"))}`;

const proxy = new ConfigurableProxy({
  log: journal,
  authToken: readFileSync(join(environment("CREDENTIALS_DIRECTORY"), "proxy-token"), "utf8").trim(),
  // Whatever no route claims is the hub's, under any base_url: it knows where to send people.
  defaultTarget: hub,
  errorPath: environment("HOMEROOM_PAGES"),
  // Told by tellOrigin.
  xfwd: false,
  prependPath: true,
  includePrefix: true,
  // "/alice.hub.school.example/user/alice" instead of "/user/alice".
  hostRouting: process.env["HOMEROOM_HOST_ROUTING"] === "yes",
  headers: {},
  keepAliveTimeout: 5000,
});
// oxlint-disable-next-line no-underscore-dangle -- configurable-http-proxy's own name
proxy._routes = new RouteStore(join(state, "routes.json"), hub, journal);

const charge = new Charge(join(state, "in-charge"), environment("HOMEROOM_INSTANCE"));
const sockets = listeningSockets(process.env);
const draining = { now: false };
keepClientsConnected(proxy, draining);
tellOrigin(proxy.proxyServer, addressList(environment("HOMEROOM_TRUSTED_PROXIES")));
holdForHub(proxy, hub);
showProgress(proxy.proxyServer, {
  steps: "/run/homeroom/progress.json",
  page: join(environment("HOMEROOM_PAGES"), "../../progress/page.html"),
});
const encrypted = process.env["HOMEROOM_CERTIFICATE"];
const front =
  encrypted === undefined ? proxy.proxyServer : plainDoor(Number(environment("HOMEROOM_HTTPS_PORT")));
answerFirst(front, (request, response) =>
  answerChallenge("/run/homeroom-acme/.well-known/acme-challenge", request, response),
);
const doors: Door[] = [front, proxy.apiServer].map(httpDoor);
await Promise.all([listen(front, sockets.get("public")), listen(proxy.apiServer, sockets.get("api"))]);
if (encrypted !== undefined) {
  // On a new machine the certificate comes after the plain door has answered the authority's challenge.
  const opened = whenThere(encrypted).then(() => openEncrypted(encrypted));
  if (existsSync(encrypted)) await opened;
}
charge.take();
await notify("--ready");
feedWatchdog(process.env);

process.on("SIGTERM", () => {
  if (draining.now) process.exit(0); // asked twice: somebody is in a hurry
  draining.now = true;
  void drain(doors, charge).then(() => process.exit(0));
});
process.on("uncaughtException", (error) => journal.error("uncaught: %s", error.stack ?? error));

async function openEncrypted(certificate: string): Promise<void> {
  const strictSeconds = Number(process.env["HOMEROOM_STRICT_SECONDS"] ?? "0");
  const https = encryptedDoor(proxy.proxyServer, { certificate, strictSeconds, log: journal });
  doors.push(https);
  await listen(https.server, sockets.get("https"));
}

async function listen(server: Server, fd: number | undefined): Promise<void> {
  if (fd === undefined) throw new Error("systemd gave no socket of that name");
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen({ fd }, backlog, resolve));
}
