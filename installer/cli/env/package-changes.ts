import { condaRecords } from "../../resources/conda-lock.ts";

/** What becomes of one package. */
export interface PackageChange {
  name: string;
  before?: string;
  after?: string;
  how: "new" | "upgraded" | "downgraded" | "removed";
}

type Versions = ReadonlyMap<string, string>;

/** Differences between two sets of packages (versions by name), sorted by name. */
export function packageChanges(before: Versions, after: Versions): PackageChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return names.flatMap((name): PackageChange[] => {
    const was = before.get(name);
    const is = after.get(name);
    if (was === is) return [];
    if (was === undefined) return [{ name, ...(is === undefined ? {} : { after: is }), how: "new" }];
    if (is === undefined) return [{ name, before: was, how: "removed" }];
    return [{ name, before: was, after: is, how: isNewer(is, was) ? "upgraded" : "downgraded" }];
  });
}

/** Versions by name in a lock: conda's packages, and those of pip. */
export function lockedVersions(lock: string): Map<string, string> {
  return new Map([
    ...condaRecords(lock).map(({ name, version }) => [name, version] as const),
    ...indexVersions(lock),
  ]);
}

function indexVersions(lock: string): Map<string, string> {
  const lines = lock.matchAll(/^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?<version>[^\s;\\]+)/gm);
  return new Map(
    Array.from(lines, ({ groups = {} }) => [
      (groups["name"] ?? "").replaceAll(/[-_.]+/g, "-").toLowerCase(),
      groups["version"] ?? "",
    ]),
  );
}

/** One line a change. */
export function describeChanges(changes: readonly PackageChange[]): string[] {
  const width = Math.max(0, ...changes.map(({ name }) => name.length));
  return changes.map(({ name, before, after, how }) => {
    const versions =
      before !== undefined && after !== undefined ? `${before} -> ${after}` : (after ?? before ?? "");
    return `  ${marks[how]} ${name.padEnd(width)}  ${versions}  ${how}`;
  });
}

/** In a few words: "astropy 7.0 new, numpy 2.0 -> 2.1". */
export function summarizeChanges(changes: readonly PackageChange[], most = 6): string {
  const words = changes.slice(0, most).map(({ name, before, after, how }) => {
    if (how === "new") return `+${name} ${after}`;
    if (how === "removed") return `-${name} ${before}`;
    return `${name} ${before} -> ${after}`;
  });
  return [...words, ...(changes.length > most ? [`and ${changes.length - most} more`] : [])].join(", ");
}

const marks = { new: "+", upgraded: "^", downgraded: "v", removed: "-" } as const;

/** PEP 440, as far as it takes to say up or down: numbers, then pre-releases before the release. */
function isNewer(a: string, b: string): boolean {
  const [left, right] = [keyOf(a), keyOf(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const [x, y] = [left[i] ?? 0, right[i] ?? 0];
    if (x !== y) return x > y;
  }
  return false;
}

function keyOf(version: string): number[] {
  const parts = version.toLowerCase().match(/\d+|[a-z]+/g) ?? [];
  return parts.map((part) => (/^\d/.test(part) ? Number(part) : (order[part] ?? 0)));
}

/** Below a further number, which stands for a longer version. */
const order: Record<string, number> = { dev: -4, a: -3, b: -2, rc: -1, post: 0 };
