import { HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { readCheck } from "../../resources/environment-check.ts";
import { startUnit } from "../../resources/service.ts";
import { latestSnapshot, listSnapshots, readSnapshot, type Snapshot } from "../../resources/snapshots.ts";
import { managerOf } from "../../resources/conda-lock.ts";
import { readConfig } from "../read-config.ts";
import { applyNow } from "../apply.ts";
import { hostOf, narrate, requireRoot, type GlobalOptions } from "../context.ts";
import { environmentNow } from "./environment-now.ts";
import { changesBetween } from "./history.ts";
import { summarizeChanges } from "./package-changes.ts";

/** So many snapshots are tried at most; each is built whole. */
const mostTries = 5;

/** `homeroom env repair`: the last environment from which a server starts, where none starts from the one in use. */
export async function repairEnvironment(options: GlobalOptions & { yes?: true }): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  // What is half deleted is kept as it is, so that nothing of it is lost.
  const now = await environmentNow(host)
    .then(({ snapshot }) => snapshot)
    .catch(() => undefined);
  if (now !== undefined && (await works(host, now))) {
    return narrate("A server starts from the shared environment: there is nothing to repair.");
  }
  const tried: string[] = [];
  const { manager } = (await readConfig(host)).config.environment;
  const ofManager = (each: Snapshot) => managerOf(each) === manager;
  for (const snapshot of (await candidates(host, now)).filter(ofManager)) {
    if (tried.length >= mostTries) break;
    tried.push(snapshot.id);
    try {
      narrate(
        `Rebuilding the environment of ${snapshot.created.slice(0, 16).replace("T", " ")} (${snapshot.id})`,
      );
      await applyNow(host, `env repair ${snapshot.id}`, {
        asked: true,
        keep: true,
        rebuild: { restore: snapshot.id },
      });
      return await tellWhatCameAfter(host, snapshot);
    } catch (error) {
      if (!(error instanceof HomeroomError)) throw error;
      narrate(`${snapshot.id}: ${error.message}`);
    }
  }
  narrate("Building it anew from what the config declares.");
  await applyNow(host, "env repair", { asked: true, keep: true, rebuild: { anew: true } });
}

async function works(host: Host, { id, damaged }: Snapshot): Promise<boolean> {
  await startUnit(host, "start", "homeroom-environment-check.service");
  return damaged.length === 0 && (await readCheck(host, id))?.works === true;
}

/** Newest first: those from which a server started, then those that nobody tried. */
async function candidates(host: Host, now: Snapshot | undefined): Promise<Snapshot[]> {
  const known: Snapshot[] = [];
  const unknown: Snapshot[] = [];
  for (const id of (await listSnapshots(host)).toReversed()) {
    const snapshot = id === now?.id ? undefined : await readSnapshot(host, id);
    if (snapshot === undefined || snapshot.damaged.length > 0 || snapshot.packages.length === 0) continue;
    const check = await readCheck(host, id);
    if (check === undefined) unknown.push(snapshot);
    else if (check.works) known.push(snapshot);
  }
  return [...known, ...unknown];
}

/** What was installed after the snapshot that was given back is named, so that nobody misses it silently. */
async function tellWhatCameAfter(host: Host, restored: Snapshot): Promise<void> {
  const latest = (await latestSnapshot(host))?.id;
  let before = restored;
  for (const id of await listSnapshots(host)) {
    const snapshot = id > restored.id && id !== latest ? await readSnapshot(host, id) : undefined;
    if (snapshot === undefined) continue;
    const changes = changesBetween(before, snapshot);
    if (changes.length > 0) {
      const by = snapshot.who.length > 0 ? ` by ${snapshot.who.join(", ")}` : "";
      narrate(`Not given back: ${summarizeChanges(changes)} (${id}, ${snapshot.what ?? "by hand"}${by})`);
    }
    before = snapshot;
  }
}
