import { cellsOf, editRoster, type RosterCells } from "../../../config/roster/edit-roster.ts";
import { hubName, type RosterEntry } from "../../../config/roster/roster.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import { resultOf } from "../apply.ts";
import { hostOf, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import type { ReadConfig } from "../read-config.ts";
import { changePeople, type PeopleTexts } from "./change-people.ts";
import { issuePasswords, showPasswords, type Issued } from "./issue-passwords.ts";
import { refuseUnknown } from "./known-people.ts";
import { withoutNames } from "./names-in-config.ts";

interface SetOptions extends GlobalOptions {
  role?: "student" | "admin";
  /** Separated by commas. */
  groups?: string;
  name?: string;
  email?: string;
  id?: string;
  apply?: boolean;
  json?: true;
}

/**
 * `homeroom users set NAME...`: what the options name is so from now on, whatever it was. A role or groups that the
 * config gives are taken out of the config: the roster says it then.
 */
export async function setUsers(names: readonly string[], options: SetOptions): Promise<void> {
  requireRoot(options);
  const usernames = new Set(names.map(hubName));
  const cells = cellsFrom(options);
  if (Object.keys(cells).length === 0) {
    throw new HomeroomError("There is nothing to set.", {
      remedy: "As in: sudo homeroom users set bob --role student --groups choir,band",
      exitCode: exitCodes.usage,
    });
  }
  const host = hostOf(options);
  let passwords: Issued["passwords"] = new Map();
  const applied = await changePeople(host, {
    command: "users set",
    apply: options.apply,
    edit: async (read) => {
      refuseUnknown(usernames, read.config);
      const texts = withCells(read, usernames, cells);
      const isSame = texts.config === read.text && texts.roster === read.roster.text;
      if (options.role !== "admin" || isSame) return texts;
      // An admin's name is not for whoever comes first.
      const people = [...usernames].map((username) => ({ username, admin: true }));
      const issued = await issuePasswords(host, read.config, people);
      passwords = issued.passwords;
      return { ...texts, takeBack: issued.takeBack };
    },
  });
  const told = passwords.size === 0 ? {} : { passwords: Object.fromEntries(passwords) };
  if (options.json) printJson({ set: [...usernames], ...told, ...(applied && resultOf(applied)) });
  else showPasswords(passwords);
}

/** Groups that were set here are no class list's to take back. */
function byHand({ imported }: RosterEntry, { groups }: RosterCells): RosterCells {
  return groups === undefined || imported.length === 0 ? {} : { imported: "" };
}

function cellsFrom({ role, groups, name, email, id }: SetOptions): RosterCells {
  return {
    ...(role !== undefined && { role: role === "admin" ? role : "" }),
    ...(groups !== undefined && { groups: groups.split(/[\s,;]+/).join(" ") }),
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(id !== undefined && { id }),
  };
}

function withCells(read: ReadConfig, usernames: ReadonlySet<string>, cells: RosterCells): PeopleTexts {
  const rows = new Map(read.roster.entries.map((entry) => [entry.username, entry]));
  const add: RosterCells[] = [];
  const set = new Map<string, RosterCells>();
  for (const username of usernames) {
    const row = rows.get(username);
    if (row === undefined) add.push({ username, ...cells });
    else set.set(username, { ...cellsOf(row), ...cells, ...byHand(row, cells) });
  }
  return {
    config: withoutNames(read.text, usernames, [
      ...(cells.role === "" ? (["admin"] as const) : []),
      ...(cells.groups === undefined ? [] : (["extra_user_groups"] as const)),
    ]),
    roster: editRoster(read.roster.text, { add, set }),
  };
}
