import { removeItem } from "../../../config/edit.ts";
import { textValue } from "../../../config/key-path.ts";
import { loadConfig } from "../../../config/load.ts";
import { editRoster } from "../../../config/roster/edit-roster.ts";
import { hubName } from "../../../config/roster/roster.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import { resultOf } from "../apply.ts";
import { canAsk, hostOf, narrate, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import type { ReadConfig } from "../read-config.ts";
import { changePeople, type PeopleTexts } from "./change-people.ts";

interface RemoveOptions extends GlobalOptions {
  yes?: true;
  apply?: boolean;
  json?: true;
}

/** `homeroom users remove NAME...`: people off the roster, and off the lists of the config. */
export async function removeUsers(names: readonly string[], options: RemoveOptions): Promise<void> {
  requireRoot(options);
  const usernames = new Set(names.map(hubName));
  const applied = await changePeople(hostOf(options), {
    command: "users remove",
    apply: options.apply,
    edit: async (read) => {
      refuseUnknown(usernames, read);
      if (!(await isSure(usernames, read, options))) return undefined;
      return withoutPeople(read, usernames);
    },
  });
  if (options.json) printJson({ removed: [...usernames], ...(applied && resultOf(applied)) });
}

/** Both files without these people. */
function withoutPeople(read: ReadConfig, usernames: ReadonlySet<string>): PeopleTexts {
  const roster =
    read.roster.text === undefined ? undefined : editRoster(read.roster.text, { remove: usernames });
  return { config: withoutNames(read.text, usernames), roster };
}

/** The config's text without these names in any list of `users`. */
function withoutNames(text: string, usernames: ReadonlySet<string>): string {
  const written = loadConfig(text).written?.users ?? {};
  const lists: [path: string[], names: readonly string[]][] = [
    [["users", "allowed"], written.allowed ?? []],
    [["users", "admin"], written.admin ?? []],
    [["users", "banned"], written.banned ?? []],
    ...Object.entries(written.extra_user_groups ?? {}).map(([group, people]): [string[], string[]] => [
      ["users", "extra_user_groups", group],
      people ?? [],
    ]),
  ];
  return lists.reduce(
    (edited, [path, names]) =>
      names
        .filter((name) => usernames.has(hubName(name)))
        .reduce((so, name) => removeItem(so, path, textValue(name)), edited),
    text,
  );
}

function refuseUnknown(usernames: ReadonlySet<string>, { config: { users } }: ReadConfig): void {
  const groups = Object.values(users.extraUserGroups).flat();
  const known = new Set([...users.allowed, ...users.admin, ...users.banned, ...groups]);
  const unknown = [...usernames].filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new HomeroomError(`${unknown.join(", ")}: nobody of this name is on the list.`, {
    remedy: "`sudo homeroom users list` shows everybody.",
    exitCode: exitCodes.usage,
  });
}

async function isSure(
  usernames: ReadonlySet<string>,
  { config }: ReadConfig,
  { yes }: RemoveOptions,
): Promise<boolean> {
  if (yes || !canAsk()) return true;
  const days = config.users.keepHomes;
  narrate(`Their servers are stopped and their accounts closed; homes are kept for ${days} days.`);
  const { confirm } = await import("../ask.ts");
  return confirm(`Remove ${[...usernames].join(", ")}?`, false);
}
