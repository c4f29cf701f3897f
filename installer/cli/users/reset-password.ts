import { hubName } from "../../../config/roster/roster.ts";
import { HomeroomError } from "../../errors.ts";
import { applyNow, resultOf } from "../apply.ts";
import { hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { readFirstPasswords, writeFirstPasswords } from "../first-passwords-file.ts";
import { checkPassword, hashPassword, madeUpPassword } from "../password.ts";
import { readConfig, type ReadConfig } from "../read-config.ts";
import { givenSecret, type SecretOptions } from "./given-secret.ts";
import { refuseUnknown } from "./known-people.ts";
import { giveNotice } from "./notices.ts";

type ResetOptions = GlobalOptions & SecretOptions & { json?: true };

/** `homeroom users reset-password NAME`: another password, and everybody who is logged in with the old one is out. */
export async function resetPassword(name: string, options: ResetOptions): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const username = hubName(name);
  const read = await readConfig(host);
  refuseUnknown([username], read.config);
  refuseForeignPasswords(read);
  const given = await givenSecret(`New password for ${username}`, options, checkPassword);
  const password = given ?? madeUpPassword(3);
  const before = await readFirstPasswords(host);
  const hash = await hashPassword(password, { madeUp: given === undefined });
  await writeFirstPasswords(host, { ...before, [username]: hash });
  try {
    const applied = await applyNow(host, "users reset-password", { keep: true, asked: true });
    await giveNotice(host, [username]);
    narrate(`${username} has the new password, and is signed out everywhere.`);
    const told = given === undefined ? { password } : {};
    if (options.json) printJson({ username, ...told, ...resultOf(applied) });
    else if (given === undefined) print(password);
  } catch (error) {
    await writeFirstPasswords(host, before);
    throw error;
  }
}

/** @throws HomeroomError where another service keeps the passwords */
export function refuseForeignPasswords({ config: { auth } }: ReadConfig): void {
  if (auth.class === "firstuse") return;
  throw new HomeroomError(`Passwords of this hub are not kept here: \`auth.type\` is ${auth.type}.`, {
    remedy:
      auth.class === "nativeauthenticator.NativeAuthenticator"
        ? "An admin changes them in the hub, at /hub/change-password/NAME."
        : "Change the password at the service that people log in with.",
  });
}
