import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bakeBootstrap } from "./bake-bootstrap.ts";
import { buildRelease } from "./build-release.ts";
import { integrityOf } from "./manifest.ts";
import { nodePackages } from "./node-packages.ts";
import { packRelease } from "./pack-release.ts";

export interface MadeRelease {
  version: string;
  /** Hash of the tarball in npm's form. */
  integrity: string;
  /** Paths of the tarball and of the bootstrap.sh that belongs to it. */
  tarball: string;
  bootstrap: string;
}

/** Builds the checkout at `root` and writes build/homeroom-<version>.tgz and build/bootstrap.sh. */
export async function makeRelease(root: string): Promise<MadeRelease> {
  const build = join(root, "build");
  await mkdir(build, { recursive: true });
  await buildRelease({ root, directory: join(build, "release") });

  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  const packed = await packRelease(join(build, "release"));
  const integrity = integrityOf(packed);
  const tarball = join(build, `homeroom-${version}.tgz`);
  await writeFile(tarball, packed);

  const bootstrap = join(build, "bootstrap.sh");
  const node = await nodePackages(root);
  await writeFile(bootstrap, await bakeBootstrap(root, { version, integrity, node }));
  await chmod(bootstrap, 0o755);
  return { version, integrity, tarball, bootstrap };
}
