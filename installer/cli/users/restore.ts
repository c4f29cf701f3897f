import { cellsOf, editRoster, type RosterCells } from "../../../config/roster/edit-roster.ts";
import { hubName, type RosterEntry } from "../../../config/roster/roster.ts";
import { accountName } from "../../desired/account-name.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { readTombstone } from "../../resources/closed-account.ts";
import { resultOf } from "../apply.ts";
import { hostOf, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { changePeople } from "./change-people.ts";
import { lastRows } from "./former-people.ts";

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
      const add = [...gone].map((username) => restoredCells(username, rows.get(username)));
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

/** A ban is not restored, a role is. */
function restoredCells(username: string, row: RosterEntry | undefined): RosterCells {
  return row === undefined ? { username } : cellsOf({ ...row, banned: false });
}
