import { nameOnIndex } from "../../desired/shared-environment.ts";
import { condaRecords } from "../../resources/conda-lock.ts";
import type { InstalledPackage, Snapshot } from "../../resources/snapshots.ts";

type Exported = Pick<Snapshot, "packages" | "python" | "lock">;

/**
 * What builds the same environment elsewhere, by file name; laid out as repo2docker reads a folder.
 * @param apt Debian packages that the config asks for
 */
export function exportedFiles(snapshot: Exported, apt: readonly string[]): Record<string, string> {
  const { packages, python } = snapshot;
  const debian = apt.length === 0 ? {} : { "apt.txt": linesOf(apt) };
  if (packages.some(({ channel }) => channel !== undefined))
    return { "environment.yml": environmentYaml(snapshot), ...debian };
  return {
    "requirements.txt": requirementsText(snapshot),
    ...(python === null ? {} : { "runtime.txt": `python-${python}\n` }),
    ...debian,
  };
}

/** For pip: what only a channel of conda's has is named in a comment. */
export function requirementsText({ packages }: Pick<Snapshot, "packages">): string {
  const lines = packages.map((each) => {
    const name = nameOnIndex(each);
    if (each.copied === true) return comment(each);
    return name === undefined
      ? `# ${each.name} ${each.version}: only a channel of conda's has it`
      : `${name}==${each.version}`;
  });
  return linesOf(lines);
}

/** For conda: its own packages with their versions; those of an index stay pip's, so that just these versions come. */
export function environmentYaml({ packages, python, lock }: Exported): string {
  const own = packages.filter(({ channel }) => channel !== undefined);
  const others = packages.filter(({ channel }) => channel === undefined);
  const requirements = others.map((each) =>
    each.copied === true ? `      ${comment(each)}` : `      - ${each.name}==${each.version}`,
  );
  const channels = [...new Set(condaRecords(lock).map(({ channel }) => channel.replace(/\/$/, "")))];
  const pythonLine = python === null ? [] : [`  - python=${python}`];
  return linesOf([
    "channels:",
    ...(own.length === 0 ? ["conda-forge"] : channels).map((each) => `  - ${each}`),
    "dependencies:",
    ...(own.length === 0
      ? [...pythonLine, "  - pip"]
      : own.map((each) =>
          each.copied === true ? `  ${comment(each)}` : `  - ${each.name}=${each.version}`,
        )),
    ...(own.length > 0 && others.every(({ copied }) => copied === true) ? [] : ["  - pip:"]),
    ...requirements,
  ]);
}

/** conda's list of addresses with hashes; undefined where nothing is conda's. pip's packages are no part of it. */
export function explicitList({ lock }: Pick<Snapshot, "lock">): string | undefined {
  const records = condaRecords(lock);
  if (records.length === 0) return undefined;
  return linesOf(["@EXPLICIT", ...records.map(({ url, sha256 }) => `${url}#sha256:${sha256}`)]);
}

function comment({ name, version, direct }: InstalledPackage): string {
  const where =
    direct === undefined || direct === ""
      ? "no package index has it"
      : `it came from ${direct}, no package index has it`;
  return `# ${name} ${version}: ${where}`;
}

function linesOf(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join("");
}
