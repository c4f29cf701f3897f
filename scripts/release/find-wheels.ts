import type { LockedPackage } from "./read-lock.ts";
import { markerHolds } from "./marker.ts";
import { wheelFits, type WheelTarget } from "./wheel-fits.ts";

export interface IndexFile {
  filename: string;
  url: string;
  sha256: string;
}

/**
 * The wheels that a lock needs on the targets, each once. `listFiles` answers what the index has of a package.
 * @throws where a package that the lock wants on a target has none: nothing is built at install.
 */
export async function findWheels(
  lock: readonly LockedPackage[],
  targets: readonly WheelTarget[],
  listFiles: (name: string) => Promise<IndexFile[]>,
): Promise<IndexFile[]> {
  const found = new Map<string, IndexFile>();
  for (const locked of lock) {
    const wanting = targets.filter((target) => isWanted(locked, target));
    if (wanting.length === 0) continue;
    const files = (await listFiles(locked.name)).filter(({ sha256 }) => locked.sha256.includes(sha256));
    for (const target of wanting) {
      const file = bestWheel(files, target);
      if (file === undefined) {
        throw new Error(
          `${locked.name} ${locked.version} has no wheel for Python ${target.python} on ${target.arch}`,
        );
      }
      found.set(file.filename, file);
    }
  }
  return [...found.values()].sort((a, b) => a.filename.localeCompare(b.filename));
}

function bestWheel(files: readonly IndexFile[], target: WheelTarget): IndexFile | undefined {
  const fitting = files
    .map((file) => ({ file, fit: wheelFits(file.filename, target) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit || a.file.filename.localeCompare(b.file.filename));
  return fitting[0]?.file;
}

function isWanted({ marker }: LockedPackage, { python, arch }: WheelTarget): boolean {
  if (marker === undefined) return true;
  return markerHolds(marker, {
    python_version: python.split(".").slice(0, 2).join("."),
    python_full_version: python,
    sys_platform: "linux",
    platform_system: "Linux",
    os_name: "posix",
    platform_machine: arch,
    implementation_name: "cpython",
    platform_python_implementation: "CPython",
  });
}
