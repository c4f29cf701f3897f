import { normalizeName } from "../../../config/requirement.ts";
import type { InstalledPackage } from "../../resources/snapshots.ts";

/** The names that a package goes by (PEP 503): its own, and for one of conda's those that it has on the index. */
export function namesOf({ name, provides = [] }: Pick<InstalledPackage, "name" | "provides">): string[] {
  return [...new Set([normalizeName(name), ...provides])];
}

/** The package of that name; undefined where there is none. */
export function packageNamed(
  packages: readonly InstalledPackage[],
  name: string,
): InstalledPackage | undefined {
  const wanted = normalizeName(name);
  return packages.find((each) => namesOf(each).includes(wanted));
}
