import { lockMachine } from "../../apply/lock.ts";
import { hostOf, narrate, printJson, requireRoot, whoAsks, type GlobalOptions } from "../context.ts";
import { readTombstone, writeTombstone } from "../../resources/closed-account.ts";
import type { Host } from "../../host/host.ts";
import { currentGeneration, readGenerationConfig } from "../../generations/generations.ts";
import { loadConfig } from "../../../config/load.ts";
import { deleteHome, whyKept } from "./delete-home.ts";
import { readTombstones, type KeptHome } from "./tombstones.ts";

/** Between the word in the log and the deletion somebody has a night and a day to say no. */
const noticeMs = 20 * 60 * 60_000;

interface Swept {
  username: string;
  home: string;
  did: "announced" | "deleted" | "kept";
  /** Why it is kept although its time is over. */
  reason?: string;
}

/** `homeroom users sweep`, every night by homeroom-sweep.timer. */
export async function sweepHomes(options: GlobalOptions & { json?: true }): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  await using _lock = await lockMachine(host, { command: "users sweep", who: whoAsks() });
  const swept = await sweepDue(host);
  if (options.json) printJson(swept);
  else if (swept.length === 0) narrate("No home's time is over.");
}

/**
 * Homes of removed people whose time is over: they are first named in the log and deleted by a later call, where
 * nothing in them has changed since the removal.
 */
export async function sweepDue(host: Host): Promise<Swept[]> {
  const swept: Swept[] = [];
  for (const kept of await readTombstones(host, await keepHomes(host))) {
    if (Date.parse(kept.keptUntil) <= Date.now()) swept.push(await sweep(host, kept));
  }
  return swept;
}

/** Days, by the config that is in use: a file with a mistake in it deletes nothing sooner. */
async function keepHomes(host: Host): Promise<number> {
  const generation = await currentGeneration(host);
  const text = generation && (await readGenerationConfig(host, generation.number));
  return loadConfig(text ?? "").config?.users.keepHomes ?? Infinity;
}

async function sweep(host: Host, kept: KeptHome): Promise<Swept> {
  const { account, username, home } = kept;
  const of = `${home} of ${username}, removed on ${kept.removed.slice(0, 10)}`;
  const tombstone = await readTombstone(host, account);
  const reason = await whyKept(host, kept);
  if (reason !== undefined) {
    narrate(`Keeping ${of}: ${reason}.`);
    return { username, home, did: "kept", reason };
  }
  const announced = tombstone?.announced;
  if (announced === undefined) {
    narrate(`Tomorrow night ${of}, is deleted. To keep it: sudo homeroom users restore ${username}`);
    if (tombstone !== undefined) {
      await writeTombstone(host, account, { ...tombstone, announced: new Date().toISOString() });
    }
    return { username, home, did: "announced" };
  }
  const since = Date.now() - Date.parse(announced);
  // A clock that went back makes nothing older.
  if (since < noticeMs) return { username, home, did: "announced" };
  narrate(`Deleting ${of}; announced on ${announced.slice(0, 10)}.`);
  await deleteHome(host, kept);
  return { username, home, did: "deleted" };
}
