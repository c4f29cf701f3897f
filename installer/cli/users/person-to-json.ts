import type { ObservedPerson } from "./observed.ts";

/** The stable shape of `users list --json` and `users show --json`. */
export function personToJson(person: ObservedPerson): object {
  const { username, name, email, id, role, groups, banned, account, server, ownPassword } = person;
  return {
    username,
    name,
    email,
    id,
    role,
    groups,
    banned,
    account,
    server,
    memory: person.memory ?? null,
    memoryLimit: person.limits.memory.value,
    lastActivity: person.lastActivity ?? null,
    ownPassword,
  };
}
