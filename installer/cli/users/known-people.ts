import type { Config } from "../../../config/config.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";

/** Everybody whom config and roster name, in whatever list. */
export function namedPeople({ users }: Config): Set<string> {
  const groups = Object.values(users.extraUserGroups).flat();
  return new Set([...users.allowed, ...users.admin, ...users.banned, ...groups]);
}

/** @throws HomeroomError (exit code 64) where one of them is on no list */
export function refuseUnknown(usernames: Iterable<string>, config: Config): void {
  const known = namedPeople(config);
  const unknown = [...usernames].filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new HomeroomError(`${unknown.join(", ")}: nobody of this name is on the list.`, {
    remedy: "`sudo homeroom users list` shows everybody.",
    exitCode: exitCodes.usage,
  });
}
