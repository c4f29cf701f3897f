import { HomeroomError } from "../errors.ts";
import type { HostReader } from "../host/host.ts";
import type { Facts } from "../resources/facts.ts";
import { compareReleases, isOneStep } from "./release-version.ts";

/** The oldest that this release stands on, of each system. */
const systems: Readonly<Record<string, number>> = { debian: 12, ubuntu: 24 };
const oldestPython = 11;
const oldestSystemd = 252;
/** Bytes: an environment for the hub is built beside the one in use, and a database copied. */
const neededDisk = 1_000_000_000;

/**
 * Whether this release may take over a machine of another one: a newer one of the same minor version or the next.
 * @throws HomeroomError with the way there.
 */
export function refuseWay(from: string, to: string): void {
  if (compareReleases(to, from) < 0) {
    throw new HomeroomError(`Homeroom ${from} is in use on this machine; ${to} is older.`, {
      remedy:
        "`homeroom config history` lists the generations that ran on it; sudo homeroom config rollback GENERATION goes back to one.",
    });
  }
  if (isOneStep(from, to)) return;
  throw new HomeroomError(
    `From Homeroom ${from} to ${to} is more than one minor version, and a release takes over machines of the one before only.`,
    { remedy: "Type: sudo homeroom upgrade, which says what to go through and does it one after the other." },
  );
}

/**
 * Whether this release can serve a machine that runs another one, asked before anything of it is changed.
 * @throws HomeroomError with everything that is missing.
 */
export async function refuseMachine(host: HostReader, facts: Facts, release: string): Promise<void> {
  const { id, version, name } = facts.os;
  const free = await freeDisk(host);
  const missing = [
    Number.parseInt(version, 10) >= (systems[id] ?? Number.POSITIVE_INFINITY)
      ? []
      : [`Debian 12 or newer, or Ubuntu 24.04 or newer; this is ${name}.`],
    Number(facts.python.split(".")[1]) >= oldestPython
      ? []
      : [`Python 3.${oldestPython} or newer; this is ${facts.python}.`],
    facts.systemd >= oldestSystemd ? [] : [`systemd ${oldestSystemd} or newer; this is ${facts.systemd}.`],
    free >= neededDisk
      ? []
      : [`${neededDisk / 1e6} MB of free disk below /opt; there are ${Math.floor(free / 1e6)} MB.`],
  ].flat();
  if (missing.length === 0) return;
  throw new HomeroomError(
    `Homeroom ${release} can't serve this machine. It needs\n  ${missing.join("\n  ")}`,
    {
      remedy: "Nothing was changed. Put this right, then run the same command again.",
    },
  );
}

/** Bytes that root may still write below /opt. */
async function freeDisk(host: HostReader): Promise<number> {
  const { stdout } = await host.query(["df", "--block-size=1", "--output=avail", "/opt"]);
  return Number(stdout.trim().split("\n").at(-1));
}
