import { hubName } from "../../../config/roster/roster.ts";
import { hostOf, narrate, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { readConfig } from "../read-config.ts";
import { refuseUnknown } from "./known-people.ts";
import { giveNotice } from "./notices.ts";

/** `homeroom users sign-out NAME...`: sessions, tokens and servers end; they may log in again. */
export async function signOutUsers(
  names: readonly string[],
  options: GlobalOptions & { json?: true },
): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const usernames = [...new Set(names.map(hubName))];
  const { config } = await readConfig(host);
  if (!config.users.open) refuseUnknown(usernames, config);
  await giveNotice(host, usernames);
  narrate(`Within two seconds the hub ends sessions, tokens and servers of: ${usernames.join(", ")}.`);
  if (options.json) printJson({ signedOut: usernames });
}
