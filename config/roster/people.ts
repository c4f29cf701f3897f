import type { Config } from "../config.ts";
import { hubName, type RosterEntry } from "./roster.ts";

/**
 * The config with the roster's people in its lists, every name as the hub has it. From here on nobody asks where a
 * person was written.
 */
export function withRoster(config: Config, entries: readonly RosterEntry[]): Config {
  const { users } = config;
  const [allowed, admin, banned] = [users.allowed, users.admin, users.banned].map(
    (listed) => new Set(listed.map(hubName)),
  ) as [Set<string>, Set<string>, Set<string>];
  for (const entry of entries) {
    (entry.role === "student" ? allowed : admin).add(entry.username);
    if (entry.banned) banned.add(entry.username);
  }
  return {
    ...config,
    users: {
      ...users,
      allowed: [...allowed],
      admin: [...admin],
      banned: [...banned],
      extraUserGroups: groupsOf(users.extraUserGroups, entries),
      open: users.open && (users.openWithList || entries.length === 0),
    },
  };
}

function groupsOf(
  written: Readonly<Record<string, readonly string[]>>,
  entries: readonly RosterEntry[],
): Record<string, string[]> {
  const groups = new Map(
    Object.entries(written).map(([name, people]) => [name, new Set(people.map(hubName))]),
  );
  for (const { username, groups: own } of entries) {
    for (const name of own) {
      const people = groups.get(name) ?? new Set();
      groups.set(name, people.add(username));
    }
  }
  return Object.fromEntries([...groups].map(([name, people]) => [name, [...people]]));
}
