import { setValue } from "../../../config/edit.ts";
import { textValue } from "../../../config/key-path.ts";
import { loadConfig } from "../../../config/load.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { listSnapshots, readSnapshot, type Snapshot } from "../../resources/snapshots.ts";
import { applyNow } from "../apply.ts";
import { canAsk, hostOf, narrate, requireRoot, type GlobalOptions } from "../context.ts";
import { readCheck } from "../../resources/environment-check.ts";
import { managerOf, pipLines } from "../../resources/conda-lock.ts";
import { missingFromCondaCache, type CondaParts } from "../../resources/conda-packages.ts";
import { missingFromCache } from "../../resources/missing-from-cache.ts";
import { lockConfig } from "../config/config-file.ts";
import { configOf, configPath, readConfig } from "../read-config.ts";
import { builder } from "./builder.ts";
import { condaTools } from "./conda-tools.ts";
import { environmentNow } from "./environment-now.ts";
import { changesBetween } from "./history.ts";
import { describeChanges } from "./package-changes.ts";
import { writeAndApply } from "./write-and-apply.ts";

/** `homeroom env restore [SNAPSHOT]`: built beside the one in use; then the link moves. */
export async function restoreEnvironment(
  id: string | undefined,
  options: GlobalOptions & { yes?: true },
): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  await using _lock = await lockConfig(host, "env restore");
  const {
    snapshot: now,
    state: { uv },
    release,
  } = await environmentNow(host);
  const target = id === undefined ? await snapshotBefore(host, now) : await namedSnapshot(host, id);
  const changes = changesBetween(now, target);
  for (const line of describeChanges(changes)) narrate(line);
  if (changes.length === 0) narrate("The packages are the same; files that were added or changed go back.");
  for (const path of target.omitted) narrate(`${path} was too large to keep and does not come back.`);
  const { config, text: before } = await readConfig(host);
  const manager = managerOf(target);
  const isOther = manager !== config.environment.manager;
  const text = isOther ? setValue(before, ["environment", "manager"], textValue(manager)) : before;
  const wanted = isOther ? configOf(loadConfig(text), configPath).config : config;
  if (isOther) narrate(`It was built by ${manager}, so environment.manager becomes ${manager}.`);
  await tellWhatMustBeFetched(host, target, uv, await condaTools(host, wanted, release));
  if (canAsk() && !options.yes) {
    const { confirm } = await import("../ask.ts");
    if (
      !(await confirm(`Give the environment of ${target.created.slice(0, 16).replace("T", " ")} back?`, true))
    )
      return;
  }
  await writeAndApply(host, { text, before }, () =>
    applyNow(host, `env restore ${target.id}`, {
      asked: true,
      keep: true,
      rebuild: { restore: target.id },
    }),
  );
  narrate("Running notebooks go on with the old packages until their kernel is restarted.");
}

/** Without a network it is better to know beforehand. */
async function tellWhatMustBeFetched(
  host: Host,
  { lock }: Snapshot,
  program: string,
  conda: CondaParts | undefined,
): Promise<void> {
  const { uv, owner } = await builder(host, program);
  const index = await missingFromCache(host, uv, owner, { lock: pipLines(lock), program });
  const channels = conda === undefined ? [] : await missingFromCondaCache(host, uv, owner, { lock, conda });
  const missing = [...channels, ...index];
  if (missing.length === 0)
    return narrate("Everything that it needs is on this machine: no network is used.");
  narrate(
    `${conda === undefined ? "The package index has" : "Channels and the package index have"} to give again: ${missing.join(", ")}. The rest is on this machine.`,
  );
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
