import { cellsOf, editRoster, type RosterCells } from "../../../config/roster/edit-roster.ts";
import { loadRoster } from "../../../config/roster/load-roster.ts";
import { hubName } from "../../../config/roster/roster.ts";
import { accountName } from "../../desired/account-name.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import { listGenerations, readGenerationRoster } from "../../generations/generations.ts";
import type { Host } from "../../host/host.ts";
import { readTombstone } from "../../resources/closed-account.ts";
import { resultOf } from "../apply.ts";
import { hostOf, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { changePeople } from "./change-people.ts";

interface RestoreOptions extends GlobalOptions {
  apply?: boolean;
  json?: true;
}

/** `homeroom users restore NAME...`: removed people again, with home, password, groups and what was known of them. */
export async function restoreUsers(names: readonly string[], options: RestoreOptions): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const usernames = [...new Set(names.map(hubName))];
  await refuseWithoutTombstone(host, usernames);
  const applied = await changePeople(host, {
    command: "users restore",
    apply: options.apply,
    edit: async (read) => {
      const there = new Set(read.roster.entries.map(({ username }) => username));
      const gone = new Set(usernames.filter((name) => !there.has(name)));
      const rows = await lastRows(host, gone);
      const add = [...gone].map((username) => rows.get(username) ?? { username });
      return { config: read.text, roster: editRoster(read.roster.text, { add }) };
    },
  });
  if (options.json) printJson({ restored: usernames, ...(applied && resultOf(applied)) });
}

async function refuseWithoutTombstone(host: Host, usernames: readonly string[]): Promise<void> {
  for (const username of usernames) {
    if ((await readTombstone(host, accountName(username))) !== undefined) continue;
    throw new HomeroomError(`There is nothing of ${username} to restore.`, {
      remedy:
        "`sudo homeroom users list --removed` shows whose homes are kept; `users add` makes somebody new.",
      exitCode: exitCodes.usage,
    });
  }
}

/** The rows of people as the newest generation that knew them had them; a ban is not restored, a role is. */
async function lastRows(host: Host, usernames: ReadonlySet<string>): Promise<Map<string, RosterCells>> {
  const found = new Map<string, RosterCells>();
  for (const number of (await listGenerations(host)).toReversed()) {
    if (found.size === usernames.size) break;
    const text = await readGenerationRoster(host, number);
    for (const entry of loadRoster(text ?? "").entries ?? []) {
      const { username } = entry;
      if (usernames.has(username) && !found.has(username)) {
        found.set(username, cellsOf({ ...entry, banned: false }));
      }
    }
  }
  return found;
}
