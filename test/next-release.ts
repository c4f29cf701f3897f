import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bakeBootstrap } from "../scripts/release/bake-bootstrap.ts";
import { makeRelease } from "../scripts/release/make-release.ts";
import { integrityOf, manifestOf } from "../scripts/release/manifest.ts";
import { nodePackages } from "../scripts/release/node-packages.ts";
import { packRelease } from "../scripts/release/pack-release.ts";
import { serveRelease } from "./installed-machine.ts";
import type { Registry } from "./registry/registry.ts";

/**
 * A release that comes after this checkout's, behind a registry of its own with the bootstrap.sh that belongs to it.
 * @param change edits the files of the built release, which lie in `directory`
 */
export async function serveNextRelease(
  version: string,
  change: (directory: string) => Promise<void>,
): Promise<Registry> {
  const root = join(import.meta.dirname, "..");
  const directory = await mkdtemp(join(tmpdir(), "homeroom-next-"));
  try {
    await makeRelease(root);
    await cp(join(root, "build/release"), directory, { recursive: true });
    const about = join(directory, "package.json");
    const text = JSON.parse(await readFile(about, "utf8")) as object;
    await writeFile(about, JSON.stringify({ ...text, version }));
    await change(directory);
    await writeFile(join(directory, "manifest.json"), JSON.stringify(await manifestOf(directory, version)));
    const tarball = await packRelease(directory);
    const made = { version, integrity: integrityOf(tarball), node: await nodePackages(root) };
    const bootstrap = Buffer.from(await bakeBootstrap(root, made));
    return await serveRelease({ release: { tarball, bootstrap } });
  } finally {
    await rm(directory, { recursive: true });
  }
}
