import { exitCodes, HomeroomError } from "../../errors.ts";
import { canAsk } from "../context.ts";
import { readInput } from "../config/read-text.ts";

export interface SecretOptions {
  passwordStdin?: true;
  generate?: true;
}

/**
 * A password as a person gives it: typed twice at a terminal, or the first line of standard input; undefined where one
 * is to be made up. Never from an argument, which everybody on the machine could read.
 * @throws HomeroomError where it is missing or too short
 */
export async function givenSecret(
  what: string,
  { passwordStdin, generate }: SecretOptions,
  check: (secret: string) => true | string,
): Promise<string | undefined> {
  if (generate) return undefined;
  const secret = passwordStdin ? await firstLine() : canAsk() ? await askTwice(what, check) : undefined;
  if (secret === undefined) {
    throw new HomeroomError(`There is nobody who could be asked for ${what}.`, {
      remedy: "Give it on standard input with --password-stdin, or let one be made with --generate.",
      exitCode: exitCodes.usage,
    });
  }
  const problem = check(secret);
  if (problem !== true) {
    throw new HomeroomError(problem, { remedy: "Choose another one.", exitCode: exitCodes.usage });
  }
  return secret;
}

async function firstLine(): Promise<string> {
  return (await readInput()).toString("utf8").split(/\r?\n/)[0] ?? "";
}

async function askTwice(what: string, check: (secret: string) => true | string): Promise<string> {
  const { askPassword } = await import("../ask.ts");
  const secret = await askPassword(`${what}:`, check);
  await askPassword("Once more:", (again) => (again === secret ? true : "This is not the same."));
  return secret;
}
