import { lockMachine } from "../../apply/lock.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import { currentGeneration } from "../../generations/generations.ts";
import type { Host } from "../../host/host.ts";
import { applyNow } from "../apply.ts";
import { hostOf, narrate, requireRoot, whoAsks, type GlobalOptions } from "../context.ts";
import { lockConfig } from "./config-file.ts";
import { goBackTo } from "./rollback.ts";

/** While it is there a config is only tried; homeroom-revert.service looks for it after a reboot. */
const trialPath = "/var/lib/homeroom/trial.json";
const timer = "homeroom-trial";
const defaultSeconds = 120;
/** A revert that meets another task waits for it. */
const patienceWithTasksMs = 30 * 60_000;
const patienceWithEditorsMs = 10_000;
const pauseMs = 1_000;

interface Trial {
  /** The generation to go back to. */
  generation: number;
  /** ISO 8601, UTC. */
  until: string;
}

/**
 * `homeroom config try [--for 2m]`: applies the file, and goes back by itself unless `homeroom config keep`
 * comes in time. systemd does the going back, so a dead terminal, network or hub changes nothing about it.
 */
export async function tryConfig(options: GlobalOptions & { for?: string; yes?: true }): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const seconds = secondsOf(options.for);
  await refuseSecondTrial(host);
  const generation = (await currentGeneration(host))?.number;
  if (generation === undefined) {
    throw new HomeroomError("There is no generation to go back to.", {
      remedy: "Type: sudo homeroom install",
    });
  }
  const until = new Date(Date.now() + seconds * 1000).toISOString();
  const trial: Trial = { generation, until };
  await host.write(trialPath, JSON.stringify(trial), { mode: 0o600, uid: 0, gid: 0 });
  try {
    await startTimer(host, seconds);
    const { outcome } = await applyNow(host, "config try", { yes: options.yes });
    if (outcome !== "applied") return await endTrial(host);
  } catch (error) {
    await endTrial(host);
    throw error;
  }
  narrate(`Trying it until ${until.slice(11, 19)} UTC. To keep it: sudo homeroom config keep`);
}

/**
 * `homeroom config keep`: what is tried stays.
 * @throws HomeroomError where it came too late, or (exit code 75) while it is being taken back.
 */
export async function keepTrial(options: GlobalOptions): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  await using _lock = await lockMachine(host, { command: "config keep", who: whoAsks() });
  if ((await readTrial(host)) === undefined) {
    throw new HomeroomError("Nothing is being tried.", {
      remedy: "If the time was up it was taken back: `homeroom config history` says so.",
    });
  }
  await endTrial(host);
  narrate("It stays.");
}

/** `homeroom config revert`: what the timer and the unit after a reboot run. */
export async function revertTrial(options: GlobalOptions): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const trial = await readTrial(host);
  if (trial === undefined) return narrate("Nothing is being tried.");
  // Somebody may sit in an editor for hours, who will see what became of the file.
  await using _lock = await waitFor(() => lockConfig(host, "config revert"), patienceWithEditorsMs).catch(
    () => undefined,
  );
  const lock = { command: "config revert", who: whoAsks() };
  await waitFor(async () => {
    // Only to wait where another task is at work, without a change to any file.
    await using _lock = await lockMachine(host, lock);
  }, patienceWithTasksMs);
  await waitFor(() => goBackTo(host, trial.generation, "config revert", true), patienceWithTasksMs);
  await endTrial(host);
}

/** Tries again while somebody else holds a lock. */
async function waitFor<T>(attempt: () => Promise<T>, patienceMs: number): Promise<T> {
  const deadline = Date.now() + patienceMs;
  while (true) {
    try {
      return await attempt();
    } catch (error) {
      const locked = error instanceof HomeroomError && error.exitCode === exitCodes.locked;
      if (!locked || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

async function refuseSecondTrial(host: Host): Promise<void> {
  const trial = await readTrial(host);
  if (trial === undefined) return;
  throw new HomeroomError(`A config is being tried until ${trial.until}.`, {
    remedy: "`sudo homeroom config keep` keeps it, `sudo homeroom config revert` takes it back now.",
  });
}

async function readTrial(host: Host): Promise<Trial | undefined> {
  const text = await host.read(trialPath);
  return text === undefined ? undefined : (JSON.parse(text.toString("utf8")) as Trial);
}

async function startTimer(host: Host, seconds: number): Promise<void> {
  await host.run([
    "systemd-run",
    "--quiet",
    "--collect",
    `--unit=${timer}`,
    `--on-active=${seconds}s`,
    "--timer-property=AccuracySec=100ms",
    "--",
    "systemctl",
    "start",
    "homeroom-revert.service",
  ]);
}

async function endTrial(host: Host): Promise<void> {
  await host.remove(trialPath);
  await host.run(["systemctl", "stop", "--", `${timer}.timer`], { okCodes: [0, 5] });
}

/** "90s", "2m", "1h" or seconds. */
function secondsOf(text: string | undefined): number {
  if (text === undefined) return defaultSeconds;
  const [, amount = "", unit = "s"] = /^(\d{1,5})([smh]?)$/.exec(text) ?? [];
  const seconds = Number(amount) * ({ s: 1, m: 60, h: 3600 }[unit] ?? 1);
  if (amount !== "" && seconds >= 10) return seconds;
  throw new HomeroomError(`${JSON.stringify(text)} is no time of at least 10 s.`, {
    remedy: "As in: homeroom config try --for 2m",
    exitCode: exitCodes.usage,
  });
}
