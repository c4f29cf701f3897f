import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface PackageIndexOptions {
  /** Files by name, as `makeWheel` gives them. */
  wheels: readonly { filename: string; content: Buffer }[];
  /** "name:password" that it wants; it answers 401 without. */
  credentials?: string;
  /** Where packages are that it does not have itself; without it they are nowhere. */
  upstream?: string;
  /** What is given out instead of a file, by its name: nothing at all, half of it, or these bytes. */
  wrongs?: Readonly<Record<string, "silent" | "cut-off" | Buffer>>;
}

export interface PackageIndex extends AsyncDisposable {
  port: number;
  /** Paths that were asked for, in order. */
  requests: string[];
}

/** A server that stands in for a school's package index, by the simple API in HTML (PEP 503). It listens everywhere. */
export async function startPackageIndex({
  wheels,
  credentials,
  upstream,
  wrongs = {},
}: PackageIndexOptions): Promise<PackageIndex> {
  const requests: string[] = [];
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://index");
    requests.push(pathname);
    if (wanted !== undefined && request.headers.authorization !== wanted) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="index"' }).end();
      return;
    }
    const [, folder = "", name = ""] = pathname.split("/");
    const wheel = folder === "files" ? wheels.find(({ filename }) => filename === name) : undefined;
    const own = wheels.filter(({ filename }) => projectOf(filename) === name);
    if (wheel !== undefined) giveOut(response, wheel.content, wrongs[wheel.filename]);
    else if (folder === "simple" && own.length > 0)
      response.setHeader("content-type", "text/html").end(page(own));
    else if (folder === "simple" && upstream !== undefined)
      response.writeHead(302, { location: `${upstream}/${name}/` }).end();
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function projectOf(filename: string): string {
  return (filename.split("-")[0] ?? "").replaceAll("_", "-").toLowerCase();
}

function page(wheels: PackageIndexOptions["wheels"]): string {
  const links = wheels.map(({ filename, content }) => {
    const hash = createHash("sha256").update(content).digest("hex");
    return `<a href="../../files/${filename}#sha256=${hash}">${filename}</a><br>`;
  });
  return `<!DOCTYPE html><html><body>${links.join("\n")}</body></html>`;
}

function giveOut(
  response: ServerResponse,
  content: Buffer,
  wrong: "silent" | "cut-off" | Buffer | undefined,
): void {
  if (wrong === "silent") return;
  const bytes = Buffer.isBuffer(wrong) ? wrong : content;
  response.writeHead(200, { "content-length": bytes.length, "content-type": "application/zip" });
  if (wrong !== "cut-off") {
    response.end(bytes);
    return;
  }
  // Headers and half of the file are on their way before the connection ends, also where only the headers are asked for.
  if (response.req.method === "HEAD") response.end();
  else response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(() => response.destroy(), 200));
}
