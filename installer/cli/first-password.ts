import { randomInt } from "node:crypto";
import { hash } from "bcryptjs";
import { HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { firstPasswordsPath, readFirstPasswords } from "./situation.ts";

/** As the hub's FirstUse authenticator: 2^12 rounds. */
const rounds = 12;
/** JupyterHub's own lower limit for FirstUse is 7; bcrypt reads no more than 72 bytes. */
const shortest = 8;
const longestBytes = 72;
/** No letters or digits that look like others when read from a screen. */
const letters = "abcdefghjkmnpqrstuvwxyz23456789";

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
  if (chosen !== "") refuseBad(chosen);
  const password = chosen === "" ? madeUp() : chosen;
  const hashes = Object.fromEntries(
    await Promise.all(missing.map(async (name) => [name, await hash(password, rounds)] as const)),
  );
  const root = { uid: 0, gid: 0 };
  await host.makeDirectory("/var/lib/homeroom", { mode: 0o755, ...root });
  await host.makeDirectory("/var/lib/homeroom/secrets", { mode: 0o700, ...root });
  await host.write(firstPasswordsPath, `${JSON.stringify({ ...known, ...hashes })}\n`, {
    mode: 0o600,
    ...root,
  });
  return chosen === "" ? password : undefined;
}

async function askFor(admin: string): Promise<string> {
  const { askPassword } = await import("./ask.ts");
  return askPassword(`Password for ${admin} (empty: one is made):`, (text) =>
    text === "" ? true : problemOf(text),
  );
}

function refuseBad(password: string): void {
  const problem = problemOf(password);
  if (problem !== true)
    throw new HomeroomError(problem, { remedy: "Choose another password for the admin." });
}

function problemOf(password: string): true | string {
  if (password.length < shortest) return `The password has fewer than ${shortest} characters.`;
  if (Buffer.byteLength(password) > longestBytes) return `The password has more than ${longestBytes} bytes.`;
  return true;
}

/** 4 groups of 4: about 79 bits. */
function madeUp(): string {
  const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join("");
  return [group(), group(), group(), group()].join("-");
}
