import { cellsOf, editRoster, type RosterCells } from "../../../config/roster/edit-roster.ts";
import { hubName } from "../../../config/roster/roster.ts";
import { unusableName } from "../../../config/roster/unusable-name.ts";
import { accountName } from "../../desired/account-name.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { readTombstone } from "../../resources/closed-account.ts";
import { resultOf } from "../apply.ts";
import { hostOf, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import type { ReadConfig } from "../read-config.ts";
import { changePeople } from "./change-people.ts";
import { issuePasswords, showPasswords, type Issued } from "./issue-passwords.ts";
import { namedPeople } from "./known-people.ts";

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
  const host = hostOf(options);
  let passwords: Issued["passwords"] = new Map();
  const applied = await changePeople(host, {
    command: "users add",
    apply: options.apply,
    edit: async (read) => {
      await refuseTombstones(host, usernames, read);
      const roster = withPeople(read, usernames, options);
      if (roster === read.roster.text) return undefined;
      const people = usernames.map((username) => ({ username, admin: options.admin === true }));
      const issued = await issuePasswords(host, read.config, people);
      passwords = issued.passwords;
      return { config: read.text, roster, takeBack: issued.takeBack };
    },
  });
  if (options.json) {
    const told = passwords.size === 0 ? {} : { passwords: Object.fromEntries(passwords) };
    printJson({ added: usernames, ...told, ...(applied && resultOf(applied)) });
  } else {
    showPasswords(passwords);
  }
}

/** Another person of the same name would get the home of the one who left. */
async function refuseTombstones(
  host: Host,
  usernames: readonly string[],
  { config }: ReadConfig,
): Promise<void> {
  const known = namedPeople(config);
  for (const username of usernames.filter((name) => !known.has(name))) {
    const tombstone = await readTombstone(host, accountName(username));
    if (tombstone === undefined) continue;
    throw new HomeroomError(
      `There was a ${username}, removed on ${tombstone.removed.slice(0, 10)}, whose home is still here.`,
      {
        remedy: `If it is the same person: sudo homeroom users restore ${username}\nElse choose another name.`,
        exitCode: exitCodes.usage,
      },
    );
  }
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
