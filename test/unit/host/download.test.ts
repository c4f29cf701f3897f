import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withoutCredentials } from "../../../installer/host/download.ts";
import { createHost } from "../../../installer/host/local-host.ts";

let server: Server;
let asked: { url: string; authorization: string | undefined }[];
const address = (path: string, who = "") =>
  `http://${who}127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? "", authorization: request.headers.authorization });
    if (request.url === "/moved") response.writeHead(302, { location: "/wheel" }).end();
    else if (request.url === "/wheel") response.end("bytes");
    else if (request.url !== "/silent") response.writeHead(404).end("no");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const signal = () => AbortSignal.timeout(5000);

test("a public address is fetched, redirects followed; another answer than 2xx is an error", async () => {
  const host = createHost();
  expect((await host.download(address("/moved"), { signal: signal() })).toString()).toBe("bytes");
  await expect(host.download(address("/none"), { signal: signal() })).rejects.toThrow("/none answered 404");
});

test("a mirror's name and password go into the header, and into no log or error", async () => {
  const traced: string[] = [];
  const host = createHost({ trace: (line) => traced.push(line) });
  const wrong = host.download(address("/none", "ada:p%40ss@"), { signal: signal() });
  await expect(wrong).rejects.toThrow(new RegExp(`^${address("/none")} answered 404$`));
  expect(asked).toEqual([
    { url: "/none", authorization: `Basic ${Buffer.from("ada:p@ss").toString("base64")}` },
  ]);
  expect(traced).toEqual([`download ${address("/none")}`]);
  expect(withoutCredentials("https://mirror/simple")).toEqual({ href: "https://mirror/simple" });
});

test("the machine's own services are asked once, redirects not followed, and may not answer", async () => {
  const host = createHost();
  expect(await host.get(address("/moved"), { timeoutMs: 2000 })).toEqual({ status: 302, body: "" });
  expect(await host.get(address("/wheel"), { timeoutMs: 2000 })).toEqual({ status: 200, body: "bytes" });
  expect(await host.get(address("/silent"), { timeoutMs: 50 })).toBeUndefined();
  expect(await host.get("http://127.0.0.1:1/", { timeoutMs: 2000 })).toBeUndefined();
});
