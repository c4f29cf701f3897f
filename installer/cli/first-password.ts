import type { Host } from "../host/host.ts";
import { readFirstPasswords, writeFirstPasswords } from "./first-passwords-file.ts";
import { checkPassword, hashPassword, madeUpPassword, refuseBadPassword } from "./password.ts";

/**
 * Sees to it that no admin's name can be claimed by the first visitor: each has a password before the hub
 * starts. Where none was given it is asked for, or made up; a made-up one is returned, to be shown once.
 */
export async function setFirstPassword(
  host: Host,
  admins: readonly string[],
  given: string | undefined,
  asking: boolean,
): Promise<string | undefined> {
  const known = await readFirstPasswords(host);
  const missing = admins.filter((name) => known[name] === undefined);
  const [first] = missing;
  if (first === undefined) return undefined;
  const chosen = given ?? (asking ? await askFor(first) : "");
  if (chosen !== "") refuseBadPassword(chosen);
  const password = chosen === "" ? madeUpPassword(4) : chosen;
  const hashes = Object.fromEntries(
    await Promise.all(missing.map(async (name) => [name, await hashPassword(password)] as const)),
  );
  await writeFirstPasswords(host, { ...known, ...hashes });
  return chosen === "" ? password : undefined;
}

async function askFor(admin: string): Promise<string> {
  const { askPassword } = await import("./ask.ts");
  return askPassword(`Password for ${admin} (empty: one is made):`, (text) =>
    text === "" ? true : checkPassword(text),
  );
}
