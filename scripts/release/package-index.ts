import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { IndexFile } from "./find-wheels.ts";

/** Address of the Python package index: that of uv's or pip's environment, else PyPI. */
export function indexAddress(environment: NodeJS.ProcessEnv = process.env): string {
  const address =
    environment["UV_DEFAULT_INDEX"] ?? environment["PIP_INDEX_URL"] ?? "https://pypi.org/simple/";
  return address.endsWith("/") ? address : `${address}/`;
}

/** What the index has of a package: its page of links (PEP 503), which every index and mirror serves. */
export async function listIndexFiles(name: string, index: string): Promise<IndexFile[]> {
  const url = new URL(`${name.toLowerCase().replaceAll(/[-_.]+/g, "-")}/`, index);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.href} answered ${response.status}`);
  const page = await response.text();
  return [...page.matchAll(/<a\s[^>]*?href="([^"#]+)#sha256=([0-9a-f]{64})"/g)].map(
    ([, link = "", sha256 = ""]) => {
      const file = new URL(link.replaceAll("&amp;", "&"), response.url);
      return { url: file.href, filename: decodeURIComponent(file.pathname.split("/").at(-1) ?? ""), sha256 };
    },
  );
}

/** Fetches a file of the index, checks its hash and keeps it in `cache`; answers its path. */
export async function fetchIndexFile({ filename, url, sha256 }: IndexFile, cache: string): Promise<string> {
  const path = join(cache, filename);
  const kept = await readFile(path).catch(() => undefined);
  if (kept !== undefined && sha256Of(kept) === sha256) return path;

  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const content = Buffer.from(await response.arrayBuffer());
  if (sha256Of(content) !== sha256) throw new Error(`${url} doesn't have the sha256 ${sha256}`);
  await mkdir(cache, { recursive: true });
  await writeFile(`${path}.${process.pid}`, content);
  await rename(`${path}.${process.pid}`, path);
  return path;
}

function sha256Of(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
