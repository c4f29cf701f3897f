import http, { type IncomingHttpHeaders } from "node:http";
import net, { type AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { addressList, tellOrigin } from "../../../templates/proxy/origin.ts";

/** What the hub gets to see of a request with these headers, sent from 127.0.0.1. */
async function told(
  headers: Record<string, string>,
  trusted = "",
  upgrade = false,
): Promise<IncomingHttpHeaders> {
  const server = http.createServer();
  const seen = new Promise<IncomingHttpHeaders>((resolve) => {
    server.on("request", (request, response) => {
      resolve(request.headers);
      response.end();
    });
    server.on("upgrade", (request, socket) => {
      resolve(request.headers);
      socket.destroy();
    });
  });
  tellOrigin(server, addressList(trusted));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const asked = upgrade ? { connection: "upgrade", upgrade: "websocket" } : {};
  const sent = http.get({ host: "127.0.0.1", port, headers: { host: "hub:8000", ...headers, ...asked } });
  sent.on("error", () => {});
  sent.on("response", (response) => response.resume());
  return seen;
}

test("a request of HTTP/1.0 that names no host gets no empty one", async () => {
  const server = http.createServer();
  tellOrigin(server, addressList(""));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const seen = new Promise<IncomingHttpHeaders>((resolve) => {
    server.on("request", (request, response) => {
      resolve(request.headers);
      response.end();
    });
  });
  const socket = net.connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.end("GET / HTTP/1.0\r\n\r\n");
  expect(await seen).not.toHaveProperty("host");
});

const forged = {
  forwarded: "for=192.0.2.9;proto=https",
  "x-forwarded-for": "192.0.2.9",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "evil.example",
  "x-forwarded-port": "443",
  "x-scheme": "https",
  "x-real-ip": "192.0.2.9",
};

test.each([
  ["a request", false],
  ["a websocket", true],
])("what a stranger claims of %s is not passed on", async (_what, upgrade) => {
  for (const trusted of ["", "10.0.0.0/8", "127.0.0.2", "::1"]) {
    const headers = await told(forged, trusted, upgrade);
    expect(headers).toMatchObject({
      host: "hub:8000",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "hub:8000",
      "x-forwarded-port": "8000",
    });
    expect([headers["forwarded"], headers["x-scheme"], headers["x-real-ip"]]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  }
});

test.each([
  [
    "one server in front",
    "127.0.0.1",
    { "x-forwarded-for": "192.0.2.9", "x-forwarded-proto": "https", "x-forwarded-host": "hub.example" },
    {
      "x-forwarded-for": "192.0.2.9",
      "x-forwarded-proto": "https",
      "x-forwarded-port": "443",
      host: "hub.example",
    },
  ],
  [
    "a browser that claims another address before it",
    "127.0.0.0/8",
    { "x-forwarded-for": "10.9.9.9, 192.0.2.9", "x-forwarded-proto": "https" },
    { "x-forwarded-for": "192.0.2.9", "x-forwarded-proto": "https", host: "hub:8000" },
  ],
  [
    "two servers in front, the outer one encrypted",
    "127.0.0.1,10.0.0.0/8",
    { "x-forwarded-for": "192.0.2.9, 10.1.2.3", "x-forwarded-proto": "https, http" },
    { "x-forwarded-for": "192.0.2.9", "x-forwarded-proto": "https" },
  ],
  [
    "a browser that claims encryption before it",
    "127.0.0.1",
    { "x-forwarded-for": "192.0.2.8, 192.0.2.9", "x-forwarded-proto": "https, http" },
    { "x-forwarded-for": "192.0.2.9", "x-forwarded-proto": "http" },
  ],
  [
    "addresses with a port, of IPv6 and of IPv4 within IPv6",
    "127.0.0.1,2001:db8::/32,10.0.0.0/8",
    { "x-forwarded-for": "192.0.2.9:5000, [2001:db8::7]:443, ::ffff:10.0.0.1" },
    { "x-forwarded-for": "192.0.2.9", "x-forwarded-proto": "http" },
  ],
  [
    "words where an address belongs",
    "127.0.0.1",
    { "x-forwarded-for": "unknown", "x-forwarded-proto": "gopher" },
    { "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http", host: "hub:8000" },
  ],
  ["nothing said", "127.0.0.1", {}, { "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" }],
  [
    "a port of its own",
    "127.0.0.1",
    { "x-forwarded-proto": "https", "x-forwarded-port": "8443" },
    { "x-forwarded-proto": "https", "x-forwarded-port": "8443" },
  ],
] as const)("believed of a trusted server: %s", async (_what, trusted, sent, seen) => {
  expect(await told(sent, trusted)).toMatchObject(seen);
});
