import { cellsOf, editRoster, type RosterCells } from "../../../config/roster/edit-roster.ts";
import { hubName } from "../../../config/roster/roster.ts";
import { unusableName } from "../../../config/roster/unusable-name.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import { hostOf, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { resultOf } from "../apply.ts";
import type { ReadConfig } from "../read-config.ts";
import { changePeople } from "./change-people.ts";

export interface AddOptions extends GlobalOptions {
  admin?: true;
  group?: string[];
  name?: string;
  email?: string;
  apply?: boolean;
  json?: true;
}

/** `homeroom users add NAME...`: people onto the roster; for whoever is on it, what the options say is added. */
export async function addUsers(names: readonly string[], options: AddOptions): Promise<void> {
  requireRoot(options);
  const usernames = [...new Set(names.map(usableName))];
  if (usernames.length > 1 && (options.name !== undefined || options.email !== undefined)) {
    throw new HomeroomError("--name and --email are one person's.", {
      remedy: "Add these people one by one, or from a list: homeroom users import FILE",
      exitCode: exitCodes.usage,
    });
  }
  const applied = await changePeople(hostOf(options), {
    command: "users add",
    apply: options.apply,
    edit: (read) => ({ config: read.text, roster: withPeople(read, usernames, options) }),
  });
  if (options.json) printJson({ added: usernames, ...(applied && resultOf(applied)) });
}

/** The name as the hub has it. @throws HomeroomError (exit code 64) where nobody can have it. */
export function usableName(written: string): string {
  const reason = unusableName(written);
  if (reason === undefined) return hubName(written);
  throw new HomeroomError(`${JSON.stringify(written)} cannot be a user name: ${reason}.`, {
    remedy: "Correct the name.",
    exitCode: exitCodes.usage,
  });
}

function withPeople(
  { config, roster }: ReadConfig,
  usernames: readonly string[],
  { admin, group = [], name, email }: AddOptions,
): string | undefined {
  const rows = new Map(roster.entries.map((entry) => [entry.username, entry]));
  const known = new Set([...config.users.allowed, ...config.users.admin]);
  const said = admin === true || group.length > 0 || name !== undefined || email !== undefined;
  const add: RosterCells[] = [];
  const set = new Map<string, RosterCells>();
  for (const username of usernames) {
    const row = rows.get(username);
    const cells: RosterCells = {
      ...(admin && { role: "admin" }),
      ...(group.length > 0 && { groups: [...new Set([...(row?.groups ?? []), ...group])].join(" ") }),
      ...(name !== undefined && { name }),
      ...(email !== undefined && { email }),
    };
    if (row !== undefined && said) set.set(username, { ...cellsOf(row), ...cells });
    else if (row === undefined && (said || !known.has(username))) add.push({ username, ...cells });
  }
  return add.length + set.size === 0 ? roster.text : editRoster(roster.text, { add, set });
}
