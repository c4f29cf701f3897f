import { createHash, sign, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

export interface RegistryOptions {
  /** Tarballs of npm packages (paths or contents); name and version are read from the package.json inside. */
  packages: readonly (string | Uint8Array)[];
  /** Path or content of what `/bootstrap.sh` answers: the stand-in of the website. */
  bootstrap?: string | Uint8Array;
  /** 127.0.0.1 where nothing is said; 0.0.0.0 lets machines of the sandbox in. */
  host?: string;
  /** Signs what it publishes, as npm's does; the keys that it names, which are its own unless a test says others. */
  sign?: { privateKey: KeyObject; publicKey: KeyObject };
  port?: number;
  /** Answers a request instead of the registry where it returns true: for outages, broken mirrors and the like. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface Registry extends AsyncDisposable {
  /** Without a slash at the end, as in http://127.0.0.1:4873. */
  url: string;
  port: number;
  /** Paths that were asked for, in order. */
  requests: string[];
}

/** Starts a server that stands in for the npm registry and for the website. */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const packages = await Promise.all(options.packages.map((source) => readPackage(source, options.sign)));
  const bootstrap = await contentOf(options.bootstrap ?? "");
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, origin } = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
    requests.push(pathname);
    if (options.intercept?.(request, response) === true) return;
    const [name = "", next = "", file = ""] = decodeURIComponent(pathname).slice(1).split("/");
    const versions = packages.filter((one) => one.about.name === name);
    const newest = versions.at(-1);
    if (pathname === "/-/npm/v1/keys") sendJson(response, options.sign && keysOf(options.sign.publicKey));
    else if (pathname === "/bootstrap.sh") send(response, bootstrap, "text/x-shellscript");
    else if (next === "-")
      send(response, versions.find((one) => one.file === file)?.content, "application/octet-stream");
    else if (next === "") sendJson(response, newest && packument(versions, origin));
    else
      sendJson(
        response,
        describe(next === "latest" ? newest : versions.find((one) => one.about.version === next), origin),
      );
  });
  await new Promise<void>((resolve) =>
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve),
  );
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Package {
  about: { name: string; version: string } & Record<string, unknown>;
  file: string;
  integrity: string;
  signatures: { keyid: string; sig: string }[];
  content: Buffer;
}

const keyid = "SHA256:of-the-stand-in";

/** npm's own form of its keys. */
function keysOf(key: KeyObject): object {
  const spki = key.export({ type: "spki", format: "der" }).toString("base64");
  const kind = "ecdsa-sha2-nistp256";
  return { keys: [{ keyid, key: spki, keytype: kind, scheme: kind, expires: null }] };
}

async function readPackage(source: string | Uint8Array, signer: RegistryOptions["sign"]): Promise<Package> {
  const content = await contentOf(source);
  const about = JSON.parse(
    fileInTar(gunzipSync(content), "package/package.json").toString(),
  ) as Package["about"];
  const integrity = `sha512-${createHash("sha512").update(content).digest("base64")}`;
  const text = `${about.name}@${about.version}:${integrity}`;
  const signatures = signer
    ? [{ keyid, sig: sign("sha256", Buffer.from(text), signer.privateKey).toString("base64") }]
    : [];
  return { about, file: `${about.name}-${about.version}.tgz`, integrity, signatures, content };
}

async function contentOf(source: string | Uint8Array): Promise<Buffer> {
  if (typeof source !== "string") return Buffer.from(source);
  return source === "" ? Buffer.alloc(0) : readFile(source);
}

/** The first file of that name in a tar archive: a header of 512 bytes, name at 0 and octal size at 124. */
function fileInTar(archive: Buffer, wanted: string): Buffer {
  for (let at = 0; at < archive.length;) {
    const text = (from: number, length: number) =>
      archive.toString("utf8", at + from, at + from + length).replace(/\0.*$/s, "");
    const size = Number.parseInt(text(124, 12), 8) || 0;
    if (text(0, 100) === wanted) return archive.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`the package has no ${wanted}`);
}

/** The description of one version, as `GET /name/version` of the registry answers it. */
function describe(one: Package | undefined, origin: string): object | undefined {
  if (one === undefined) return undefined;
  const { about, file, integrity, signatures } = one;
  return { ...about, dist: { tarball: `${origin}/${about.name}/-/${file}`, integrity, signatures } };
}

function packument(versions: readonly Package[], origin: string): object {
  const latest = versions.at(-1)?.about;
  return {
    name: latest?.name,
    "dist-tags": { latest: latest?.version },
    versions: Object.fromEntries(versions.map((one) => [one.about.version, describe(one, origin)])),
  };
}

function sendJson(response: ServerResponse, value: object | undefined): void {
  send(response, value && Buffer.from(JSON.stringify(value)), "application/json");
}

function send(response: ServerResponse, content: Buffer | undefined, type: string): void {
  if (content === undefined || content.length === 0) {
    response.writeHead(404, { "content-type": "application/json" }).end('{"error":"not found"}');
    return;
  }
  response.writeHead(200, { "content-type": type, "content-length": content.length }).end(content);
}
