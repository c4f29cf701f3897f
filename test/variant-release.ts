import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRelease } from "../scripts/release/make-release.ts";

const root = join(import.meta.dirname, "..");
/** What a release is built from. */
const parts = [
  "bootstrap.sh",
  "config",
  "installer",
  "templates",
  "scripts",
  "LICENSE",
  "package.json",
  "package-lock.json",
];

/** A text of the checkout that a variant changes: what stands there, and what instead. */
export interface Patch {
  file: string;
  from: string;
  to: string;
}

/** Another release of this checkout: with its own version, and whatever else it is said to change. Its npm package. */
export async function variantRelease(version: string, patches: readonly Patch[] = []): Promise<Buffer> {
  const copy = await mkdtemp(join(tmpdir(), `homeroom-${version}-`));
  try {
    for (const part of parts) await cp(join(root, part), join(copy, part), { recursive: true });
    await symlink(join(root, "node_modules"), join(copy, "node_modules"));
    const { version: own } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      version: string;
    };
    const renamed = { file: "package.json", from: `"version": "${own}"`, to: `"version": "${version}"` };
    for (const { file, from, to } of [renamed, ...patches]) {
      const text = await readFile(join(copy, file), "utf8");
      if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
      await writeFile(join(copy, file), text.replace(from, to));
    }
    const { tarball } = await makeRelease(copy);
    return await readFile(tarball);
  } finally {
    await rm(copy, { recursive: true });
  }
}
