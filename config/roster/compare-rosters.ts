import { loadRoster } from "./load-roster.ts";
import type { RosterEntry } from "./roster.ts";

/** More names than these are counted instead. */
const mostNames = 10;

/** What differs between two rosters, for the history: "people +ada -bob", or how many. */
export function compareRosters(before: string | undefined, after: string | undefined): string[] {
  if (before === after) return [];
  const [was, is] = [byName(before), byName(after)];
  const added = [...is.keys()].filter((name) => !was.has(name));
  const gone = [...was.keys()].filter((name) => !is.has(name));
  const changed = [...is].filter(([name, entry]) => was.has(name) && was.get(name) !== entry);
  const parts = [
    ...listed("+", added),
    ...listed("-", gone),
    ...listed(
      "~",
      changed.map(([name]) => name),
    ),
  ];
  return [parts.length === 0 ? "layout of the roster" : `people ${parts.join(" ")}`];
}

function listed(sign: string, names: readonly string[]): string[] {
  return names.length > mostNames ? [`${sign}${names.length}`] : names.map((name) => `${sign}${name}`);
}

function byName(text: string | undefined): Map<string, string> {
  const entries: RosterEntry[] = loadRoster(text ?? "").entries ?? [];
  return new Map(entries.map((entry) => [entry.username, JSON.stringify(entry)]));
}
