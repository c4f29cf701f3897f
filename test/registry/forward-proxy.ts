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
  const server = createServer((incoming, answer) => {
    const url = URL.parse(incoming.url ?? "");
    if (url === null) {
      answer.writeHead(400).end();
      return;
    }
    hosts.push(url.host);
    const { method, headers } = incoming;
    const onward = request(url, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on("error", () => answer.writeHead(502).end());
    incoming.pipe(onward);
  });
  // A hundred connections at once ask for the same few names: the name server is asked once for each.
  const addresses = new Map<string, Promise<LookupAddress>>();
  const addressOf = callbackify(async (name: string) => {
    const address = addresses.get(name) ?? lookup(name);
    addresses.set(name, address);
    return [await address];
  });
  const cached: LookupFunction = (name, _options, callback) => addressOf(name, callback);
  server.on("connect", ({ url = "" }, client, head) => {
    hosts.push(url);
    const [host = "", port] = url.split(":");
    const onward = connect({ host, port: Number(port), lookup: cached }, () => {
      client.write("HTTP/1.1 200 Connected\r\n\r\n");
      onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    onward.on("error", () => client.destroy());
    client.on("error", () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, hosts, [Symbol.asyncDispose]: async () => await stop(server) };
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
