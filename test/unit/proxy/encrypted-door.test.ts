import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import http, { type RequestListener } from "node:http";
import http2 from "node:http2";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import tls, { type TLSSocket } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { answerChallenge } from "../../../templates/proxy/challenges.ts";
import { answerFirst } from "../../../templates/proxy/answer-first.ts";
import { encryptedDoor } from "../../../templates/proxy/encrypted-door.ts";
import { plainDoor } from "../../../templates/proxy/plain-door.ts";
import { selfSigned } from "../../certificates.ts";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** An encrypted door before a server that answers with `answer`. */
async function open(answer: RequestListener, strictSeconds = 0) {
  const directory = mkdtempSync(join(tmpdir(), "door-"));
  const certificate = join(directory, "certificate.pem");
  const replace = () => {
    const { cert, key } = selfSigned();
    writeFileSync(`${certificate}.new`, key + cert);
    renameSync(`${certificate}.new`, certificate);
    return cert;
  };
  const first = replace();
  const inner = http.createServer(answer);
  const door = encryptedDoor(inner, { certificate, strictSeconds, log: silent });
  const { server } = door;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  onTestFinished(() => {
    server.close();
    rmSync(directory, { recursive: true });
  });
  const { port } = server.address() as AddressInfo;
  return { door, inner, port, first, certificate, replace };
}

function get(port: number): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      port,
      host: "127.0.0.1",
      rejectUnauthorized: false,
      agent: false,
      headers: { host: "hub" },
    };
    https
      .get(options, (response) => {
        let body = "";
        response.on("data", (part: Buffer) => (body += part.toString()));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      })
      .on("error", reject);
  });
}

/** The certificate that a new handshake shows. */
async function shown(port: number): Promise<string> {
  const socket: TLSSocket = tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const certificate = socket.getPeerX509Certificate()?.toString() ?? "";
  socket.destroy();
  return certificate;
}

test("HTTP/1.1 and HTTP/2 get the same answer, with the host that they named", async () => {
  const { port } = await open(
    (request, response) => void response.end(`${request.url} of ${request.headers.host}`),
  );
  expect((await get(port)).body).toBe("/ of hub");
  const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  const stream = session.request({ ":path": "/lab", ":authority": "hub.school.example" });
  let body = "";
  stream.on("data", (part: Buffer) => (body += part.toString()));
  await once(stream, "end");
  session.close();
  expect(body).toBe("/lab of hub.school.example");
});

test("TLS 1.1 is refused", async () => {
  const { port } = await open((_request, response) => void response.end());
  const socket = tls.connect({
    port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
    maxVersion: "TLSv1.1",
    minVersion: "TLSv1.1",
  });
  const [error] = (await once(socket, "error")) as [Error];
  expect(error.message).toMatch(/protocol|version|alert/i);
});

test("a websocket comes through", async () => {
  const { port, inner } = await open(() => {});
  inner.on("upgrade", (_request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    socket.pipe(socket);
  });
  const client = tls.connect({
    port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
    ALPNProtocols: ["http/1.1"],
  });
  client.write("GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  const [head] = (await once(client, "data")) as [Buffer];
  expect(head.toString()).toContain("101 Switching");
  client.write("ping");
  expect(((await once(client, "data")) as [Buffer])[0].toString()).toBe("ping");
  client.destroy();
});

test("a renewed certificate counts from the next handshake on, and open connections stay", async () => {
  const { port, first, replace } = await open((_request, response) => void response.end("ok"));
  expect(await shown(port)).toBe(first);
  const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  await once(session, "connect");
  const second = replace();
  while ((await shown(port)) !== second) await sleep(10); // oxlint-disable-line no-await-in-loop
  const stream = session.request({ ":path": "/" });
  expect(((await once(stream, "data")) as [Buffer])[0].toString()).toBe("ok");
  session.close();
});

test("a new certificate that is none leaves the old one in use", async () => {
  const { port, first, certificate } = await open((_request, response) => void response.end("ok"));
  writeFileSync(`${certificate}.new`, "nonsense");
  renameSync(`${certificate}.new`, certificate);
  await sleep(100);
  expect(await shown(port)).toBe(first);
});

test("who is asked to go away ends what is in flight", async () => {
  const asked = Promise.withResolvers<http.ServerResponse>();
  const { port, door } = await open((_request, response) => asked.resolve(response));
  const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  const stream = session.request({ ":path": "/" });
  const response = await asked.promise;
  const away = once(session, "goaway");
  door.goAway();
  await away;
  response.end("late");
  expect(((await once(stream, "data")) as [Buffer])[0].toString()).toBe("late");
  await once(session, "close");
});

test("browsers are told to stay away from the plain door only where that is asked for", async () => {
  const plain = await open((_request, response) => void response.end());
  expect((await get(plain.port)).headers).not.toHaveProperty("strict-transport-security");
  const strict = await open((_request, response) => void response.end(), 60);
  expect((await get(strict.port)).headers["strict-transport-security"]).toBe("max-age=60");
});

async function plain(httpsPort: number) {
  const server = plainDoor(httpsPort);
  const directory = mkdtempSync(join(tmpdir(), "challenges-"));
  answerFirst(server, (request, response) => answerChallenge(directory, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    rmSync(directory, { recursive: true });
  });
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string, host = "hub.school.example") => {
    const sent = http.get({ port, host: "127.0.0.1", path, headers: { host } });
    const [response] = (await once(sent, "response")) as [http.IncomingMessage];
    const parts = await response.toArray();
    return {
      status: response.statusCode,
      location: response.headers.location,
      body: Buffer.concat(parts as Buffer[]).toString(),
    };
  };
  return { directory, ask };
}

test("the plain door leads to the same page behind the encrypted one", async () => {
  const { ask } = await plain(443);
  expect(await ask("/hub/login?next=%2Fhub", "hub.school.example:80")).toMatchObject({
    status: 307,
    location: "https://hub.school.example/hub/login?next=%2Fhub",
  });
  expect((await (await plain(8443)).ask("/", "[2001:db8::1]")).location).toBe("https://[2001:db8::1]:8443/");
});

test("a host that is none is refused instead of led elsewhere", async () => {
  const { ask } = await plain(443);
  expect((await ask("/", "evil.example/@hub")).status).toBe(400);
  expect((await ask("//evil.example/")).location).toBe("https://hub.school.example//evil.example/");
});

test("a challenge is answered from its file, and no other file is given away", async () => {
  const { directory, ask } = await plain(443);
  writeFileSync(join(directory, "token_1-A"), "token.thumb");
  expect(await ask("/.well-known/acme-challenge/token_1-A")).toMatchObject({
    status: 200,
    body: "token.thumb",
  });
  for (const path of ["other", "", "..%2Fsecret", "../../etc/passwd"])
    expect((await ask(`/.well-known/acme-challenge/${path}`)).status).toBe(307); // oxlint-disable-line no-await-in-loop
});
