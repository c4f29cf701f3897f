import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { integrityOf } from "./manifest.ts";

export interface FetchPackageOptions {
  /** Where tarballs are kept between runs. */
  cache: string;
  /** Address of the npm registry. */
  registry?: string;
}

/**
 * Fetches the tarball of one version of an npm package, checks its hash and keeps it as `<cache>/<name>-<version>.tgz`.
 * Answers its path.
 */
export async function fetchPackage(
  name: string,
  version: string,
  integrity: string,
  { cache, registry = registryAddress() }: FetchPackageOptions,
): Promise<string> {
  const path = join(cache, `${name}-${version}.tgz`);
  const kept = await readFile(path).catch(() => undefined);
  if (kept !== undefined && integrityOf(kept) === integrity) return path;

  const url = new URL(`${name}/-/${name}-${version}.tgz`, registry.endsWith("/") ? registry : `${registry}/`);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.href} answered ${response.status}`);
  const content = Buffer.from(await response.arrayBuffer());
  if (integrityOf(content) !== integrity) throw new Error(`${url.href} doesn't have the hash ${integrity}`);
  await mkdir(cache, { recursive: true });
  await writeFile(`${path}.${process.pid}`, content);
  await rename(`${path}.${process.pid}`, path);
  return path;
}

/** npm tells the scripts that it runs which registry it uses. */
function registryAddress(): string {
  return (
    process.env["HOMEROOM_REGISTRY"] ?? process.env["npm_config_registry"] ?? "https://registry.npmjs.org/"
  );
}
