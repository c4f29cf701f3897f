import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** What `manifest.json` of a release says: each file by its path, with `sha512-` and the hash in base64, as npm writes it. */
export interface ReleaseManifest {
  version: string;
  files: Record<string, string>;
}

/** The manifest of a built release: every file but `manifest.json` itself. */
export async function manifestOf(directory: string, version: string): Promise<ReleaseManifest> {
  const paths = (await filesUnder(directory)).filter((path) => path !== "manifest.json");
  const entries = await Promise.all(
    paths.map(async (path) => [path, integrityOf(await readFile(join(directory, path)))] as const),
  );
  return { version, files: Object.fromEntries(entries) };
}

/** Paths of all files below a directory, relative to it, sorted by code unit. */
export async function filesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

/** The hash of a file's content in npm's form. */
export function integrityOf(content: Uint8Array): string {
  return `sha512-${createHash("sha512").update(content).digest("base64")}`;
}
