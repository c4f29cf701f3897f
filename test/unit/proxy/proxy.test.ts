import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import http, { type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigurableProxy } from "configurable-http-proxy/lib/configproxy.js";
import { expect, onTestFinished, test } from "vitest";
import { Charge } from "../../../templates/proxy/charge.ts";
import { httpDoor } from "../../../templates/proxy/door.ts";
import { drain } from "../../../templates/proxy/drain.ts";
import { holdForHub } from "../../../templates/proxy/hold-for-hub.ts";
import { keepClientsConnected } from "../../../templates/proxy/keep-clients-connected.ts";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const pages = join(import.meta.dirname, "../../../templates/proxy/pages");

/** A proxy in front of a hub on a unix socket; `answer` is the hub, undefined: nobody listens. */
async function frontDoor(answer?: RequestListener) {
  const directory = mkdtempSync(join(tmpdir(), "proxy-"));
  const socket = join(directory, "hub.sock");
  const target = `http+unix://${encodeURIComponent(socket)}`;
  if (answer !== undefined) {
    const hub = http.createServer(answer);
    await new Promise<void>((resolve) => hub.listen(socket, resolve));
    onTestFinished(() => void hub.close());
  }
  const proxy = new ConfigurableProxy({
    log: silent,
    authToken: "t",
    defaultTarget: target,
    errorPath: pages,
  });
  const draining = { now: false };
  keepClientsConnected(proxy, draining);
  await new Promise<void>((resolve) => proxy.proxyServer.listen(0, "127.0.0.1", resolve));
  await new Promise<void>((resolve) => proxy.apiServer.listen(join(directory, "api.sock"), resolve));
  const { port } = proxy.proxyServer.address() as AddressInfo;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
    proxy.proxyServer.close();
    proxy.proxyServer.closeAllConnections();
    proxy.apiServer.close();
    rmSync(directory, { recursive: true });
  });
  return {
    proxy,
    doors: [proxy.proxyServer, proxy.apiServer].map(httpDoor),
    draining,
    target,
    port,
    agent,
    charge: (name: string) => new Charge(join(directory, "in-charge"), name),
  };
}

interface Answer {
  status: number;
  body: string;
  connection: string | undefined;
  reused: boolean;
}

function request(port: number, agent: http.Agent, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request(
      { port, agent, host: "127.0.0.1", method: body === undefined ? "GET" : "POST" },
      (answer) => {
        let text = "";
        answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            body: text,
            connection: answer.headers.connection,
            reused: sent.reusedSocket,
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

test("the hub is never asked to close first (a fast answer would be lost to EPIPE), and the proxy does", async () => {
  const asked: (string | undefined)[] = [];
  const closed: Promise<unknown>[] = [];
  const { port, agent } = await frontDoor((incoming, response) => {
    asked.push(incoming.headers.connection);
    closed.push(once(incoming.socket, "close"));
    response.end("ok");
  });
  await request(port, agent);
  await request(port, agent, "username=x&password=y");
  expect(asked).toEqual(["keep-alive", "keep-alive"]);
  await Promise.all(closed);
});

test("a browser keeps its connection", async () => {
  const { port, agent } = await frontDoor((_request, response) => void response.end("ok"));
  expect(await request(port, agent)).toMatchObject({ status: 200, connection: "keep-alive", reused: false });
  expect(await request(port, agent)).toMatchObject({ status: 200, reused: true });
});

test("where there is no hub, a page says so and tries again", async () => {
  const { port, agent } = await frontDoor();
  const answer = await request(port, agent);
  expect(answer.status).toBe(503);
  expect(answer.body).toContain('http-equiv="refresh"');
});

test("where the hub never answers, the page comes after a while", async () => {
  const { proxy, target, port, agent } = await frontDoor(() => {});
  holdForHub(proxy, target, 50);
  expect((await request(port, agent)).status).toBe(503);
});

test("with a successor a request in flight ends in peace, and the browser is asked to come back", async () => {
  const arrived = Promise.withResolvers<ServerResponse>();
  const { doors, draining, port, agent, charge } = await frontDoor((_request, response) =>
    arrived.resolve(response),
  );
  const answer = request(port, agent);
  const response = await arrived.promise;
  charge("b").take();
  draining.now = true;
  let done = false;
  const drained = drain(doors, charge("a")).then(() => (done = true));
  await sleep(300);
  expect(done).toBe(false);
  await expect(request(port, new http.Agent())).rejects.toThrow("ECONNREFUSED");
  response.end("late");
  expect(await answer).toMatchObject({ status: 200, body: "late", connection: "close" });
  await drained;
});

test("with a successor an open websocket is kept, without one it is not", async () => {
  const { proxy, doors, draining, port, charge } = await frontDoor();
  const upstream = net.createServer((socket) => {
    socket.once("data", () => {
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello",
      );
      socket.pipe(socket);
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void upstream.close());
  // oxlint-disable-next-line no-underscore-dangle -- configurable-http-proxy's own name
  await proxy._routes.add("/ws", { target: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` });
  const client = net.connect(port, "127.0.0.1");
  onTestFinished(() => void client.destroy());
  let received = "";
  client.on("data", (chunk: Buffer) => (received += chunk.toString()));
  client.write("GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  while (!received.includes("hello")) await sleep(5); // oxlint-disable-line no-await-in-loop

  charge("b").take();
  draining.now = true;
  const drained = drain(doors, charge("a"), 200);
  await sleep(600);
  client.write("still here");
  while (!received.includes("still here")) await sleep(5); // oxlint-disable-line no-await-in-loop
  charge("b").release();
  await drained;
  expect(client.destroyed).toBe(false); // its end is that of the process, which follows
});
