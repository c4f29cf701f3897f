import { randomInt } from "node:crypto";
import { hash } from "bcryptjs";
import { HomeroomError } from "../errors.ts";

/** JupyterHub's own lower limit for FirstUse is 7; bcrypt reads no more than 72 bytes. */
const shortest = 8;
const longestBytes = 72;
/** No letters or digits that look like others when read from a screen or a sheet. */
const letters = "abcdefghjkmnpqrstuvwxyz23456789";
/** 2^n rounds. As the hub's FirstUse authenticator for what people choose: 0.3 s a try. */
const chosenRounds = 12;
/** A made-up password cannot be guessed at any speed, and a school of 5,000 is hashed in half a minute. */
const madeUpRounds = 6;

/** Groups of four letters and digits, about 20 bits each: 4 for an admin, 3 for a hand-out, 2 for a code. */
export function madeUpPassword(groups: number): string {
  const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join("");
  return Array.from({ length: groups }, group).join("-");
}

/** bcrypt's hash of a password; `madeUp` where `madeUpPassword` made it with at least three groups. */
export function hashPassword(password: string, { madeUp = false } = {}): Promise<string> {
  return hash(password, madeUp ? madeUpRounds : chosenRounds);
}

/** True, or what is wrong with a password that somebody chose. */
export function checkPassword(password: string): true | string {
  if (password.length < shortest) return `The password has fewer than ${shortest} characters.`;
  if (Buffer.byteLength(password) > longestBytes) return `The password has more than ${longestBytes} bytes.`;
  return true;
}

/** @throws HomeroomError that says what is wrong with it, and not what it is */
export function refuseBadPassword(password: string): void {
  const problem = checkPassword(password);
  if (problem !== true) throw new HomeroomError(problem, { remedy: "Choose another one." });
}
