import { exitCodes, HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { listSnapshots, readSnapshot, type Snapshot } from "../../resources/snapshots.ts";
import { applyNow } from "../apply.ts";
import { canAsk, hostOf, narrate, requireRoot, type GlobalOptions } from "../context.ts";
import { readCheck } from "../../resources/environment-check.ts";
import { missingFromCache } from "../../resources/missing-from-cache.ts";
import { builder } from "./builder.ts";
import { openBundle } from "./bundle.ts";
import { environmentNow } from "./environment-now.ts";
import { changesBetween } from "./history.ts";
import { describeChanges } from "./package-changes.ts";

/** `homeroom env restore [SNAPSHOT]`, or `--bundle FILE`: built beside the one in use; then the link moves. */
export async function restoreEnvironment(
  id: string | undefined,
  options: GlobalOptions & { yes?: true; bundle?: string },
): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const {
    snapshot: now,
    state: { uv },
  } = await environmentNow(host);
  if (id !== undefined && options.bundle !== undefined) {
    throw new HomeroomError("A snapshot and a bundle cannot both be given back.", {
      remedy: "Name one of them.",
      exitCode: exitCodes.usage,
    });
  }
  const bundle = options.bundle === undefined ? undefined : await openBundle(host, options.bundle);
  try {
    await giveBack(host, {
      now,
      uv,
      id: bundle?.id ?? id,
      wheels: bundle?.wheels,
      yes: options.yes === true,
    });
  } finally {
    if (bundle !== undefined) await host.removeTree(bundle.wheels);
  }
}

interface GivenBack {
  now: Snapshot;
  uv: string;
  /** The one before the last change where nothing is said. */
  id: string | undefined;
  /** Of a bundle. */
  wheels: string | undefined;
  yes: boolean;
}

async function giveBack(host: Host, { now, uv, id, wheels, yes }: GivenBack): Promise<void> {
  const target = id === undefined ? await snapshotBefore(host, now) : await namedSnapshot(host, id);
  const changes = changesBetween(now, target);
  for (const line of describeChanges(changes)) narrate(line);
  if (changes.length === 0) narrate("The packages are the same; files that were added or changed go back.");
  for (const path of target.omitted) narrate(`${path} was too large to keep and does not come back.`);
  if (wheels === undefined) await tellWhatTheIndexMustGive(host, target, uv);
  if (canAsk() && !yes) {
    const { confirm } = await import("../ask.ts");
    if (
      !(await confirm(`Give the environment of ${target.created.slice(0, 16).replace("T", " ")} back?`, true))
    )
      return;
  }
  await applyNow(host, `env restore ${target.id}`, {
    asked: true,
    keep: true,
    wheels,
    rebuild: { restore: target.id },
  });
  narrate("Running notebooks go on with the old packages until their kernel is restarted.");
}

/** Without a network it is better to know beforehand. */
async function tellWhatTheIndexMustGive(host: Host, { lock }: Snapshot, program: string): Promise<void> {
  const { uv, owner } = await builder(host, program);
  const missing = await missingFromCache(host, uv, owner, { lock, program });
  if (missing.length === 0)
    return narrate("Everything that it needs is on this machine: no network is used.");
  narrate(`The package index has to give again: ${missing.join(", ")}. The rest is on this machine.`);
}

/** The newest that holds something else than what is there, and from which a server was not found not to start. */
async function snapshotBefore(host: Host, now: Snapshot): Promise<Snapshot> {
  for (const id of (await listSnapshots(host)).toReversed()) {
    const snapshot = id < now.id ? await readSnapshot(host, id) : undefined;
    if (snapshot === undefined || contentOf(snapshot) === contentOf(now)) continue;
    if ((await readCheck(host, id))?.works !== false) return snapshot;
  }
  throw new HomeroomError("There is no snapshot of an earlier environment.", {
    remedy: "`homeroom env history` lists what there is.",
  });
}

function contentOf({ packages, copies }: Snapshot): string {
  return JSON.stringify([packages, copies]);
}

async function namedSnapshot(host: Host, id: string): Promise<Snapshot> {
  const snapshot = await readSnapshot(host, id);
  if (snapshot !== undefined) return snapshot;
  throw new HomeroomError(`There is no snapshot ${id}.`, {
    remedy: "`homeroom env history` lists them.",
    exitCode: exitCodes.usage,
  });
}
