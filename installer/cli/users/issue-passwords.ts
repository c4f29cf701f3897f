import type { Config } from "../../../config/config.ts";
import type { Host } from "../../host/host.ts";
import { readHubReport } from "../../resources/hub-report.ts";
import { alignColumns } from "../align-columns.ts";
import { narrate, print } from "../context.ts";
import { readFirstPasswords, writeFirstPasswords } from "../first-passwords-file.ts";
import { hashPassword, madeUpPassword } from "../password.ts";

export interface Issued {
  /** Made-up passwords by user name; nothing else keeps them. */
  passwords: ReadonlyMap<string, string>;
  /** Puts back what was on record before. */
  takeBack: () => Promise<void>;
}

/**
 * Makes passwords for those of these people who could not log in otherwise: admins, and where the config says
 * `auth.first_password: generated` everybody. Whoever has one, given or chosen, keeps it.
 */
export async function issuePasswords(
  host: Host,
  config: Config,
  people: readonly { username: string; admin: boolean }[],
): Promise<Issued> {
  const { class: authenticator, firstPassword } = config.auth;
  const known = await readFirstPasswords(host);
  const candidates =
    authenticator === "firstuse"
      ? people.filter(
          ({ username, admin }) => known[username] === undefined && (admin || firstPassword === "generated"),
        )
      : [];
  const takeBack = () => writeFirstPasswords(host, known);
  if (candidates.length === 0) return { passwords: new Map(), takeBack: async () => undefined };
  const records = (await readHubReport(host)).people;
  const passwords = new Map<string, string>();
  const hashes: Record<string, string> = {};
  for (const { username, admin } of candidates) {
    if (records.get(username)?.hasPassword === true) continue;
    const password = madeUpPassword(admin ? 4 : 3);
    passwords.set(username, password);
    hashes[username] = await hashPassword(password, { madeUp: true });
  }
  if (passwords.size > 0) await writeFirstPasswords(host, { ...known, ...hashes });
  return { passwords, takeBack };
}

/** Prints made-up passwords, the only time that anybody sees them. */
export function showPasswords(passwords: ReadonlyMap<string, string>): void {
  if (passwords.size === 0) return;
  narrate("Passwords for the first login, which nothing shows again:");
  print(alignColumns([...passwords]));
}
