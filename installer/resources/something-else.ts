import type { HostReader } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";

/**
 * The state of a path that holds something else than the kind puts there: an admin's link in place of a file
 * (systemd's own mask is a link to /dev/null), a directory moved to another disk with a link left behind.
 */
export interface SomethingElse {
  instead: "file" | "directory" | "link" | "other";
  /** Where a link leads. */
  target?: string;
}

/** What stands at the path, of which is known that it is not what was looked for. */
export async function readSomethingElse(
  host: HostReader,
  path: string,
  instead: SomethingElse["instead"],
): Promise<SomethingElse> {
  const target = instead === "link" ? await host.readLink(path) : undefined;
  return { instead, ...(target === undefined ? {} : { target }) };
}

export function isSomethingElse(state: unknown): state is SomethingElse {
  return typeof state === "object" && state !== null && "instead" in state;
}

/** @throws HomeroomError where the path holds something that could not be given back once it was replaced. */
export async function refuseToReplace(
  host: HostReader,
  path: string,
  { wanted, replaceable }: { wanted: string; replaceable: readonly SomethingElse["instead"][] },
): Promise<void> {
  const kind = (await host.stat(path))?.kind;
  if (kind === undefined || replaceable.includes(kind)) return;
  throw new HomeroomError(
    `${path} is a ${kind === "other" ? "special file" : kind}; Homeroom keeps a ${wanted} there.`,
    {
      remedy: `Look what it is (ls -ld ${path}), move it out of the way, then run this again.`,
    },
  );
}
