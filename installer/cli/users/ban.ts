import { cellsOf, editRoster, type RosterCells } from "../../../config/roster/edit-roster.ts";
import { hubName } from "../../../config/roster/roster.ts";
import { resultOf } from "../apply.ts";
import { hostOf, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import type { ReadConfig } from "../read-config.ts";
import { usableName } from "./add.ts";
import { changePeople, type PeopleTexts } from "./change-people.ts";
import { refuseUnknown } from "./known-people.ts";
import { withoutNames } from "./names-in-config.ts";

interface BanOptions extends GlobalOptions {
  apply?: boolean;
  json?: true;
}

/** `homeroom users ban NAME...`: they may not log in, and what they have running is ended. Who is on no list too. */
export async function banUsers(names: readonly string[], options: BanOptions): Promise<void> {
  requireRoot(options);
  const banned = [...new Set(names.map(usableName))];
  const applied = await changePeople(hostOf(options), {
    command: "users ban",
    apply: options.apply,
    edit: (read) => ({ config: read.text, roster: withStatus(read, banned, "banned") }),
  });
  if (options.json) printJson({ banned, ...(applied && resultOf(applied)) });
}

/** `homeroom users unban NAME...`: a ban is taken back, wherever it is written. */
export async function unbanUsers(names: readonly string[], options: BanOptions): Promise<void> {
  requireRoot(options);
  const unbanned = new Set(names.map(hubName));
  const applied = await changePeople(hostOf(options), {
    command: "users unban",
    apply: options.apply,
    edit: (read): PeopleTexts => {
      refuseUnknown(unbanned, read.config);
      const rows = new Set(read.roster.entries.map(({ username }) => username));
      const listed = [...unbanned].filter((name) => rows.has(name));
      return {
        config: withoutNames(read.text, unbanned, ["banned"]),
        roster: withStatus(read, listed, ""),
      };
    },
  });
  if (options.json) printJson({ unbanned: [...unbanned], ...(applied && resultOf(applied)) });
}

function withStatus(
  { roster }: ReadConfig,
  usernames: readonly string[],
  status: "" | "banned",
): string | undefined {
  const rows = new Map(roster.entries.map((entry) => [entry.username, entry]));
  const add: RosterCells[] = [];
  const set = new Map<string, RosterCells>();
  for (const username of usernames) {
    const row = rows.get(username);
    if (row === undefined) add.push({ username, status });
    else if (row.banned !== (status === "banned")) set.set(username, { ...cellsOf(row), status });
  }
  return add.length + set.size === 0 ? roster.text : editRoster(roster.text, { add, set });
}
