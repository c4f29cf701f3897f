import { editRoster } from "../../../config/roster/edit-roster.ts";
import { hubName } from "../../../config/roster/roster.ts";
import { resultOf } from "../apply.ts";
import { canAsk, hostOf, narrate, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import type { ReadConfig } from "../read-config.ts";
import { changePeople, type PeopleTexts } from "./change-people.ts";
import { refuseUnknown } from "./known-people.ts";
import { withoutNames } from "./names-in-config.ts";

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
      refuseUnknown(usernames, read.config);
      return (await isSure(usernames, read, options)) ? withoutPeople(read, usernames) : "declined";
    },
  });
  if (options.json) printJson({ removed: [...usernames], ...(applied && resultOf(applied)) });
}

/** Both files without these people. */
export function withoutPeople(read: ReadConfig, usernames: ReadonlySet<string>): PeopleTexts {
  const { text } = read.roster;
  return {
    config: withoutNames(read.text, usernames, ["allowed", "admin", "banned", "extra_user_groups"]),
    roster: text === undefined ? undefined : editRoster(text, { remove: usernames }),
  };
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
