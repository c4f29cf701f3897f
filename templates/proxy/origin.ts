import type { IncomingHttpHeaders, IncomingMessage, Server } from "node:http";
import { BlockList, isIP, isIPv6 } from "node:net";
import type { TLSSocket } from "node:tls";

/** Where a request came from, as the hub and the servers are told. */
interface Origin {
  /** The browser's address. */
  address: string;
  protocol: string;
  host: string;
  port: string;
}

/** What a browser could claim of itself, too: whatever comes in by these names is taken away. */
const claims = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-forwarded-protocol",
  "x-forwarded-scheme",
  "x-forwarded-ssl",
  "x-real-ip",
  "x-scheme",
];

/** Reads addresses and networks (`10.0.0.0/8`), apart by commas. */
export function addressList(text: string): BlockList {
  const list = new BlockList();
  for (const word of text.split(",").filter(Boolean)) {
    const [address = "", bits] = word.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    list.addSubnet(address, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
  }
  return list;
}

/**
 * Tells whoever answers a request where it came from: by X-Forwarded-For, -Proto, -Host and -Port with one value
 * each, which nobody further in has to choose from. What another web server in front says is believed where
 * `trusted` has its address; what anybody else claims is not passed on.
 */
export function tellOrigin(server: Server, trusted: BlockList): void {
  const tell = (request: IncomingMessage): void => {
    const { address, protocol, host, port } = originOf(request, trusted);
    for (const name of claims) delete request.headers[name];
    // HTTP/1.0 may name none; then the next hop gets a name from Node instead of an empty one.
    if (host !== "") request.headers.host = host;
    request.headers["x-forwarded-for"] = address;
    request.headers["x-forwarded-proto"] = protocol;
    request.headers["x-forwarded-host"] = host;
    request.headers["x-forwarded-port"] = port;
  };
  server.prependListener("request", tell);
  server.prependListener("upgrade", tell);
}

function originOf({ headers, socket }: IncomingMessage, trusted: BlockList): Origin {
  const peer = plain(socket.remoteAddress ?? "");
  const ownHost = headers.host ?? "";
  const ownProtocol = (socket as TLSSocket).encrypted ? "https" : "http";
  const own = { address: peer, protocol: ownProtocol, host: ownHost, port: portOf(ownHost, ownProtocol) };
  if (!isIn(trusted, peer)) return own;
  const passed = listed(headers, "x-forwarded-for");
  let hops = 0;
  let address = peer;
  // From the nearest outwards: each is believed as far as the one before it is trusted.
  while (isIn(trusted, address)) {
    const before = plain(passed.at(-1 - hops) ?? "");
    if (isIP(before) === 0) break;
    address = before;
    hops++;
  }
  const said = (name: string) => saidAt(listed(headers, name), hops);
  const protocol = said("x-forwarded-proto") ?? said("x-scheme") ?? ownProtocol;
  const host = said("x-forwarded-host") ?? ownHost;
  if (protocol !== "http" && protocol !== "https") return { ...own, address };
  return { address, protocol, host, port: said("x-forwarded-port") ?? portOf(host, protocol) };
}

/** What the server said that is so many steps away; the outermost of those that say anything. */
function saidAt(values: readonly string[], hops: number): string | undefined {
  return values.at(-Math.min(Math.max(hops, 1), values.length || 1));
}

function listed(headers: IncomingHttpHeaders, name: string): string[] {
  return String(headers[name] ?? "")
    .split(",")
    .map((value) => value.trim())
    .filter(Boolean);
}

function portOf(host: string, protocol: string): string {
  return /:(\d+)$/.exec(host)?.[1] ?? (protocol === "https" ? "443" : "80");
}

function isIn(list: BlockList, address: string): boolean {
  return isIP(address) !== 0 && list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** An IPv4 address as it is where a socket of IPv6 took it (`::ffff:192.0.2.1`), and without a port. */
function plain(address: string): string {
  const bare =
    /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(address)?.[1] ?? address;
  return bare.replace(/^::ffff:(?=\d+\.)/i, "");
}
