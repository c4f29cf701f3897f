import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { filesUnder } from "./manifest.ts";
import { makeTarball, type TarEntry } from "./tarball.ts";

/** Packs a built release as npm does: everything below `package/`. */
export async function packRelease(directory: string): Promise<Buffer> {
  const entries = (await filesUnder(directory)).map(async (path): Promise<TarEntry> => {
    const content = await readFile(join(directory, path));
    return { path: `package/${path}`, content, executable: content.subarray(0, 2).toString() === "#!" };
  });
  return makeTarball(await Promise.all(entries));
}
