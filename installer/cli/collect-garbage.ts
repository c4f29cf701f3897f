import { listTaskIds, readTask, removeOldTasks } from "../apply/journal.ts";
import { environmentLink } from "../desired/python.ts";
import { sweepTemporaries } from "../apply/sweep-temporaries.ts";
import {
  currentGeneration,
  listGenerations,
  readGeneration,
  removeOldGenerations,
} from "../generations/generations.ts";
import type { Host, HostReader } from "../host/host.ts";
import { resolveOwner } from "../resources/accounts-file.ts";
import { removeFetched } from "../resources/fetch-folder.ts";
import { sourcesFolder } from "../resources/folder-part.ts";
import { readKnownFolders } from "../resources/known-folders.ts";
import { readStamp } from "../resources/python-environment.ts";
import { namedContents, removeBlobs } from "../resources/blobs.ts";
import {
  listHubEnvironments,
  removeHubEnvironment,
  removeSharedEnvironments,
} from "../resources/hub-environments.ts";
import { collectReleases } from "./collect-releases.ts";

/** The stamps of Python environments name the locks that they were built from. */
const stamps = "/var/lib/homeroom/environments";

/** A year of a busy class. What is beyond goes many at a time, since every manifest is read for it. */
const limits = { generations: { keep: 50, slack: 10 }, tasks: { keep: 200, slack: 40 } };

/**
 * Removes what nothing that is kept needs any more: old generations and records of tasks, contents that none of the
 * kept ones names, what a kill left half-written, and releases and the hub's environments but those in use and those
 * before them. To be called under the machine's lock, with no task at work.
 */
export async function collectGarbage(host: Host, { generations, tasks } = limits): Promise<void> {
  const inUse = (await currentGeneration(host))?.number;
  if (inUse === undefined) return;
  await sweepTemporaries(host);
  const fewerGenerations = await removeOldGenerations(host, generations);
  const fewerTasks = await removeOldTasks(host, { ...tasks, inUse });
  if (fewerGenerations || fewerTasks) await removeBlobs(host, { keep: await neededContents(host) });
  const shared = await host.readLink(environmentLink);
  if (shared !== undefined) await removeSharedEnvironments(host, shared);
  if ((await host.stat(sourcesFolder)) !== undefined) {
    const inUseFolder = shared === undefined ? undefined : (await readStamp(host, shared))?.folder;
    const keep = [...(await readKnownFolders(host)), ...(inUseFolder === undefined ? [] : [inUseFolder])];
    const owner = await resolveOwner(host, "homeroom-env", "homeroom-env");
    await removeFetched(host, owner, new Set(keep.map(({ key }) => key)));
  }
  await collectReleases(host);
  const environments = await listHubEnvironments(host);
  if (environments.length <= 2) return;
  const needed = await neededEnvironments(host);
  for (const path of environments) if (!needed.has(path)) await removeHubEnvironment(host, path);
}

async function neededContents(host: HostReader): Promise<Set<string>> {
  const needed = new Set<string>();
  const keep = (json: string) => namedContents(json).forEach((hash) => needed.add(hash));
  for (const number of await listGenerations(host))
    keep(JSON.stringify(await readGeneration(host, number)) ?? "");
  for (const id of await listTaskIds(host)) keep(JSON.stringify((await readTask(host, id))?.task.plan) ?? "");
  for (const name of await host.list(stamps)) {
    if (name.endsWith(".json")) keep((await host.read(`${stamps}/${name}`))?.toString("utf8") ?? "");
  }
  return needed;
}

/** Those of the newest generations: the one in use, and the one to go back to. */
async function neededEnvironments(host: HostReader): Promise<Set<string>> {
  const hub = new Set(await listHubEnvironments(host));
  const needed = new Set<string>();
  for (const number of (await listGenerations(host)).toReversed()) {
    for (const { id } of (await readGeneration(host, number))?.resources ?? []) {
      if (hub.has(id)) needed.add(id);
    }
    if (needed.size >= 2) break;
  }
  return needed;
}
