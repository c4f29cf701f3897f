import { membershipsOf } from "../../../config/limits.ts";
import type { RosterEntry } from "../../../config/roster/roster.ts";
import type { ReadConfig } from "../read-config.ts";

/** Everybody whom config and roster name, by user name; what only the roster knows is "" for the others. */
export function peopleOf({ config: { users }, roster }: ReadConfig): RosterEntry[] {
  const rows = new Map(roster.entries.map((entry) => [entry.username, entry]));
  const groups = membershipsOf({ users });
  const [admins, banned] = [new Set(users.admin), new Set(users.banned)];
  const names = new Set([...users.allowed, ...users.admin, ...users.banned, ...groups.keys()]);
  return [...names].toSorted().map((username) => {
    const row = rows.get(username);
    return {
      username,
      name: row?.name ?? "",
      email: row?.email ?? "",
      id: row?.id ?? "",
      groups: groups.get(username) ?? [],
      role: admins.has(username) ? "admin" : "student",
      banned: banned.has(username),
      imported: row?.imported ?? [],
    };
  });
}
