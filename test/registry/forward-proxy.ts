import { pipeline } from "node:stream";
import { createServer, request, type Server } from "node:http";
import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { connect, type AddressInfo, type LookupFunction } from "node:net";
import { callbackify } from "node:util";

export interface ForwardProxy extends AsyncDisposable {
  port: number;
  /** "host:port" of everything that went through, in order. */
  hosts: string[];
}

/** A proxy as schools have them: plain requests with a whole address, and CONNECT for HTTPS. It listens everywhere. */
export async function startForwardProxy(): Promise<ForwardProxy> {
  const hosts: string[] = [];
  const lookup = lookupOnce();
  const server = createServer((incoming, answer) => {
    const url = URL.parse(incoming.url ?? "");
    if (url === null) {
      answer.writeHead(400).end();
      return;
    }
    hosts.push(url.host);
    const { method, headers } = incoming;
    // A connection of its own for each: one that is kept may be closed by the mirror in the moment it is used again.
    const onward = request(url, { method, headers, lookup, agent: false, timeout: silenceMs });
    onward.on("timeout", () => onward.destroy(new Error(`${url.host} is silent`)));
    onward.on("response", (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      // Cut off above, cut off below: an answer that never ends would be waited for.
      pipeline(response, answer, () => {});
    });
    onward.on("error", () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    incoming.pipe(onward);
  });
  server.on("connect", ({ url = "" }, client, head) => {
    hosts.push(url);
    const [host = "", port] = url.split(":");
    const onward = connect({ host, port: Number(port), lookup, timeout: silenceMs }, () => {
      client.write("HTTP/1.1 200 Connected\r\n\r\n");
      onward.write(head);
    });
    onward.on("timeout", () => onward.destroy());
    pipeline(client, onward, client, () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, hosts, [Symbol.asyncDispose]: async () => await stop(server) };
}

/** How long a server may say nothing before its connection counts as dead. */
const silenceMs = 20_000;

/** A hundred connections at once ask for the same few names: the name server is asked once for each, and again where it failed. */
function lookupOnce(): LookupFunction {
  const addresses = new Map<string, Promise<LookupAddress>>();
  const addressOf = callbackify(async (name: string) => {
    const address = addresses.get(name) ?? lookup(name);
    addresses.set(name, address);
    try {
      return [await address];
    } catch (error) {
      addresses.delete(name);
      throw error;
    }
  });
  return (name, _options, callback) => addressOf(name, callback);
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
