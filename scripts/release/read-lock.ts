export interface LockedPackage {
  name: string;
  version: string;
  /** Environment marker of PEP 508, where there is one. */
  marker?: string;
  /** Hex digests of the files that may be installed. */
  sha256: string[];
}

/** Reads a requirements file with hashes, as `uv pip compile --universal --generate-hashes` writes it. */
export function readLock(text: string): LockedPackage[] {
  const lines = text.replaceAll(/\\\r?\n/g, " ").split("\n");
  return lines.flatMap((line) => {
    const requirement = line.replace(/(^|\s)#.*$/, "").trim();
    if (requirement === "") return [];
    const found = /^([\w.-]+)==([^\s;]+)\s*(?:;(.*?))?\s*((?:--hash=\S+\s*)*)$/.exec(requirement);
    if (found === null) throw new Error(`not a locked requirement: ${requirement}`);
    const [, name = "", version = "", marker, hashes = ""] = found;
    const sha256 = [...hashes.matchAll(/--hash=sha256:([0-9a-f]{64})/g)].flatMap((match) => match[1] ?? []);
    return [{ name, version, sha256, ...(marker === undefined ? {} : { marker: marker.trim() }) }];
  });
}
