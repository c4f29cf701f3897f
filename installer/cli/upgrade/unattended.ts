import type { Host, HostReader } from "../../host/host.ts";
import { HomeroomError } from "../../errors.ts";
import { isRunning } from "../../resources/service.ts";
import { showUnits } from "../../resources/systemctl.ts";
import { newestOfLine } from "../../upgrade/choose-path.ts";
import type { Published } from "../../upgrade/published.ts";
import { narrate } from "../context.ts";

const recordPath = "/var/lib/homeroom/unattended-upgrade.json";
const patienceMs = 3 * 3_600_000;
const pauseMs = 60_000;

/** What the last nightly look came to. */
export interface UnattendedRecord {
  /** ISO 8601, UTC. */
  at: string;
  /** The release it was about; absent where there was none, or the registry did not say. */
  release?: string;
  /** "busy": somebody worked the whole time. */
  outcome: "none" | "upgraded" | "busy" | "failed";
  /** What failed. */
  error?: string;
}

interface Night {
  current: string;
  published: Promise<Published>;
  /** Goes to a release; returns the exit code. */
  upgradeTo: (release: string) => Promise<number>;
  patience?: { patienceMs: number; pauseMs: number };
}

/**
 * `homeroom upgrade --unattended`, every night by homeroom-upgrade.timer: takes the newest release of the same minor
 * version once nobody's server runs, and leaves a record for `homeroom status`. Returns the exit code.
 */
export async function upgradeUnattended(
  host: Host,
  { current, published, upgradeTo, patience = { patienceMs, pauseMs } }: Night,
): Promise<number> {
  let release: string | undefined;
  try {
    release = newestOfLine(await published, current);
    if (release === undefined) return await record(host, { outcome: "none" }, 0);
    if (!(await nobodyWorks(host, patience))) {
      narrate(`Homeroom ${release} waits for another night: somebody's server runs.`);
      return await record(host, { release, outcome: "busy" }, 0);
    }
    const exitCode = await upgradeTo(release);
    if (exitCode === 0) return await record(host, { release, outcome: "upgraded" }, 0);
    return await record(
      host,
      { release, outcome: "failed", error: "journalctl -u homeroom-upgrade says why" },
      exitCode,
    );
  } catch (error) {
    const words = error instanceof HomeroomError ? error.message : String(error);
    await record(host, { ...(release === undefined ? {} : { release }), outcome: "failed", error: words }, 1);
    throw error;
  }
}

/** What the last nightly look came to; undefined where there was none yet. */
export async function readUnattended(host: HostReader): Promise<UnattendedRecord | undefined> {
  const text = await host.read(recordPath);
  return text === undefined ? undefined : (JSON.parse(text.toString("utf8")) as UnattendedRecord);
}

/** The record as one line. */
export function describeUnattended({ at, release, outcome, error }: UnattendedRecord): string {
  const words = {
    none: "nothing newer",
    upgraded: `Homeroom ${release} was taken`,
    busy: `Homeroom ${release} waits until nobody's server runs`,
    failed: `${release === undefined ? "" : `Homeroom ${release}: `}${error}`,
  };
  return `unattended upgrade, ${at.slice(0, 16).replace("T", " ")} UTC: ${words[outcome]}`;
}

async function record<Code extends number>(
  host: Host,
  what: Omit<UnattendedRecord, "at">,
  exitCode: Code,
): Promise<Code> {
  const text = JSON.stringify({ at: new Date().toISOString(), ...what });
  await host.write(recordPath, `${text}\n`, { mode: 0o644, uid: 0, gid: 0 });
  return exitCode;
}

/** Waits until no notebook server runs; false where that does not come about in time. */
async function nobodyWorks(
  host: HostReader,
  { patienceMs: patience, pauseMs: pause }: NonNullable<Night["patience"]>,
): Promise<boolean> {
  const deadline = performance.now() + patience;
  while (true) {
    const servers = await showUnits(host, ["homeroom-user@*.service"], ["ActiveState"]);
    if (![...servers.values()].some(isRunning)) return true;
    if (performance.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
