import { loadRoster } from "../../../config/roster/load-roster.ts";
import type { RosterEntry } from "../../../config/roster/roster.ts";
import { listGenerations, readGenerationRoster } from "../../generations/generations.ts";
import type { HostReader } from "../../host/host.ts";
import { readTombstones } from "./tombstones.ts";

/**
 * Removed people whose homes are kept, as students without groups: what somebody was allowed and belonged to is not
 * for a class list to give back.
 * @param present who is on the list (again)
 */
export async function readFormerPeople(
  host: HostReader,
  present: ReadonlySet<string>,
): Promise<RosterEntry[]> {
  const kept = await readTombstones(host, 0);
  const gone = new Set(kept.map(({ username }) => username).filter((name) => !present.has(name)));
  const rows = await lastRows(host, gone);
  return [...gone].map((username) => {
    const { name = "", email = "", id = "" } = rows.get(username) ?? {};
    return { username, name, email, id, groups: [], role: "student", banned: false, imported: [] };
  });
}

/** The rows of people as the newest generation that knew them had them. */
export async function lastRows(
  host: HostReader,
  usernames: ReadonlySet<string>,
): Promise<Map<string, RosterEntry>> {
  const found = new Map<string, RosterEntry>();
  if (usernames.size === 0) return found;
  for (const number of (await listGenerations(host)).toReversed()) {
    if (found.size === usernames.size) break;
    const text = await readGenerationRoster(host, number);
    for (const entry of loadRoster(text ?? "").entries ?? []) {
      const { username } = entry;
      if (usernames.has(username) && !found.has(username)) found.set(username, entry);
    }
  }
  return found;
}
