import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { canaryName } from "../../../config/canary-name.ts";
import type { Config } from "../../../config/config.ts";
import { instanceOf } from "../../desired/account-name.ts";
import { canaryAccount } from "../../desired/canary.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import type { CanaryLook } from "../../health/canary.ts";
import { frontDoor } from "../../health/health.ts";
import { lockFile } from "../../host/lock-file.ts";
import type { Host, HostReader } from "../../host/host.ts";
import { openAccountsFolder } from "../../resources/account.ts";
import { readAccounts } from "../../resources/accounts-file.ts";
import { escapeUnitPart } from "../../systemd/unit-escape.ts";
import { whoAsks } from "../context.ts";

/** Tells the hub that somebody is looking, and by which secret; only root writes it and only the hub reads it. */
const note = "/var/lib/homeroom/compiled/canary.json";
const permit = `${openAccountsFolder}/${canaryAccount}`;
const record = "/var/lib/homeroom/canary-look.json";
const unit = `homeroom-user@${escapeUnitPart(instanceOf(canaryAccount))}.service`;
const root = { uid: 0, gid: 0 };

export interface CanaryOptions {
  /** Whether a cell is run too: not where the shared environment is known to be broken. */
  compute: boolean;
  /** Until everything has to have answered. */
  seconds: number;
}

/**
 * Logs in by the front door as nobody in particular, starts a server, runs a cell and stops it again. What only that
 * look needs (a secret, the right to start a server) is there for it alone; the hub forgets the user afterwards.
 * @throws HomeroomError where the look itself was not possible: the account is missing, another look does not end
 */
export async function lookAsCanary(host: Host, config: Config, options: CanaryOptions): Promise<CanaryLook> {
  await using _lock = await waitForTurn(host);
  const { users, groups } = await readAccounts(host);
  const [account, hub] = [users.get(canaryAccount), groups.get("homeroom-hub")];
  const program = await visitProgram(host);
  if (account === undefined || hub === undefined || program === undefined) {
    throw new HomeroomError(`The account ${canaryAccount}, or the hub's unit, is missing.`, {
      remedy: "Type: sudo homeroom apply",
    });
  }
  const at = new Date().toISOString();
  const secret = randomBytes(32).toString("hex");
  const until = Math.ceil(Date.now() / 1000) + options.seconds + 10;
  const { uid, gid } = account;
  try {
    await host.write(note, JSON.stringify({ until, secret }), { mode: 0o640, uid: 0, gid: hub.gid });
    await host.write(permit, "", { mode: 0o600, ...root });
    const asked = { door: frontDoor(config), name: canaryName, secret, ...options };
    const { stdout } = await host.run(program, {
      as: { uid, gid },
      input: JSON.stringify(asked),
      timeoutMs: (options.seconds + 60) * 1000,
    });
    const look = lookIn(at, stdout);
    await host.write(record, JSON.stringify(look), { mode: 0o600, ...root });
    return look;
  } finally {
    await host.run(["systemctl", "stop", "--", unit], { okCodes: [0, 5] });
    await host.remove(permit);
    await host.remove(note);
  }
}

/** What the last look came to; undefined where there was none. */
export async function readLastLook(host: HostReader): Promise<CanaryLook | undefined> {
  const text = (await host.read(record))?.toString("utf8");
  return text === undefined ? undefined : (JSON.parse(text) as CanaryLook);
}

/** One look at a time: another one has this one's note and server. */
async function waitForTurn(host: Host): Promise<AsyncDisposable> {
  const deadline = Date.now() + 60_000;
  while (true) {
    try {
      return await lockFile(host, {
        path: "/run/homeroom/canary.lock",
        command: "doctor canary",
        who: whoAsks(),
      });
    } catch (error) {
      const held = error instanceof HomeroomError && error.exitCode === exitCodes.locked;
      if (!held || Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}

/** The hub's own Python, which only root can have changed, and the script of the release that the hub runs from. */
async function visitProgram(host: HostReader): Promise<string[] | undefined> {
  const text = (await host.read("/etc/systemd/system/homeroom-hub.service"))?.toString("utf8") ?? "";
  const [, python, scripts] = /^ExecStart=(\S+\/bin\/python) -I (\S+)\/hub_main\.py /m.exec(text) ?? [];
  return python === undefined ? undefined : [python, "-I", `${scripts}/canary_visit.py`];
}

/** What the visit printed; it ran with the canary's rights, so only its form is believed. */
function lookIn(at: string, text: string): CanaryLook {
  const { reached, failed, why, full } = JSON.parse(text) as Partial<Record<string, unknown>>;
  const steps = (Array.isArray(reached) ? reached : []).filter(
    (pair): pair is [string, number] =>
      Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "number",
  );
  const words = (value: unknown) =>
    String(value)
      .replaceAll(/[^\P{C}]/gu, " ")
      .slice(0, 500);
  const seconds = Object.fromEntries(steps);
  if (failed === null) return { at, works: true, seconds };
  return { at, works: false, seconds, failed: words(failed), why: words(why), full: full === true };
}
