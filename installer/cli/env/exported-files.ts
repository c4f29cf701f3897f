import type { Snapshot } from "../../resources/snapshots.ts";

/**
 * What builds the same environment elsewhere, by file name; laid out as repo2docker reads a folder.
 * @param apt Debian packages that the config asks for
 */
export function exportedFiles(
  { packages, python }: Pick<Snapshot, "packages" | "python">,
  apt: readonly string[],
): Record<string, string> {
  const requirements = packages.map(({ name, version, direct, copied }) =>
    copied === true ? `# ${name} ${version}: ${whereFrom(direct)}` : `${name}==${version}`,
  );
  return {
    "requirements.txt": linesOf(requirements),
    ...(python === null ? {} : { "runtime.txt": `python-${python}\n` }),
    ...(apt.length === 0 ? {} : { "apt.txt": linesOf(apt) }),
  };
}

/** The same for conda: packages of an index stay pip's, so that just these versions come. */
export function environmentYaml({ packages, python }: Pick<Snapshot, "packages" | "python">): string {
  const requirements = packages.map(({ name, version, direct, copied }) =>
    copied === true ? `      # ${name} ${version}: ${whereFrom(direct)}` : `      - ${name}==${version}`,
  );
  return linesOf([
    "channels:",
    "  - conda-forge",
    "dependencies:",
    ...(python === null ? [] : [`  - python=${python}`]),
    "  - pip",
    "  - pip:",
    ...requirements,
  ]);
}

function whereFrom(direct: string | undefined): string {
  return direct === undefined || direct === ""
    ? "no package index has it"
    : `it came from ${direct}, no package index has it`;
}

function linesOf(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join("");
}
