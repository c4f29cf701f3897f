import { hostOf, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { readConfig, type ReadConfig } from "../read-config.ts";
import { alignColumns } from "../align-columns.ts";

/** `users list --json`: one of these for each person. */
interface Person {
  username: string;
  name: string;
  email: string;
  role: "student" | "admin";
  groups: string[];
  banned: boolean;
}

/** `homeroom users list`: everybody whom config and roster name. */
export async function listUsers(options: GlobalOptions & { json?: true }): Promise<void> {
  requireRoot(options);
  const people = peopleOf(await readConfig(hostOf(options)));
  if (options.json) return printJson(people);
  const rows = people.map(({ username, name, role, groups, banned }) => [
    username,
    name,
    banned ? "banned" : role,
    groups.join(" "),
  ]);
  print(alignColumns([["USER", "NAME", "ROLE", "GROUPS"], ...rows]));
}

/** Everybody whom config and roster name, by user name. */
function peopleOf({ config: { users }, roster }: ReadConfig): Person[] {
  const rows = new Map(roster.entries.map((entry) => [entry.username, entry]));
  const groups = new Map<string, string[]>();
  for (const [group, members] of Object.entries(users.extraUserGroups)) {
    for (const name of members) groups.set(name, [...(groups.get(name) ?? []), group]);
  }
  const [admins, banned] = [new Set(users.admin), new Set(users.banned)];
  const names = new Set([...users.allowed, ...users.admin, ...users.banned, ...groups.keys()]);
  return [...names].toSorted().map((username) => ({
    username,
    name: rows.get(username)?.name ?? "",
    email: rows.get(username)?.email ?? "",
    role: admins.has(username) ? "admin" : "student",
    groups: groups.get(username) ?? [],
    banned: banned.has(username),
  }));
}
