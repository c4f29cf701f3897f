import { listGenerations, readGeneration } from "../generations/generations.ts";
import type { Host, HostReader } from "../host/host.ts";
import { isRunFrom } from "../resources/run-from.ts";
import { readProgram, releaseFolder } from "../upgrade/installed-release.ts";

const releases = "/opt/homeroom/releases";
const runtimes = "/opt/homeroom/runtimes";
const hourMs = 3_600_000;

/**
 * Removes releases, and what they run on (Node, uv), but the one in use and the one before it. One that a process
 * still runs from stays until a later time: a server that was started before an upgrade, a proxy that drains.
 */
export async function collectReleases(host: Host): Promise<void> {
  const present = await namesIn(host, releases);
  if (present.length <= 2) return;
  const needed = await neededReleases(host);
  const old = [
    ...present.filter((version) => !needed.versions.has(version)).map(releaseFolder),
    ...(await namesIn(host, runtimes))
      .map((name) => `${runtimes}/${name}`)
      .filter((folder) => !needed.runtimes.has(folder)),
  ];
  for (const folder of old) {
    if (!(await isNew(host, folder)) && !(await isRunFrom(host, folder))) await host.removeTree(folder);
  }
}

/** What was just fetched is about to be started, by an upgrade that waits for this task's end. */
async function isNew(host: HostReader, folder: string): Promise<boolean> {
  const stat = await host.stat(folder);
  return stat !== undefined && Date.now() - stat.mtimeMs < hourMs;
}

/** The release in use, the newest other one that a generation ran on, and what both run on. */
async function neededReleases(host: HostReader): Promise<{ versions: Set<string>; runtimes: Set<string> }> {
  const needed = { versions: new Set<string>(), runtimes: new Set<string>() };
  for (const number of (await listGenerations(host)).toReversed()) {
    const generation = await readGeneration(host, number);
    if (generation === undefined || needed.versions.has(generation.release)) continue;
    if (needed.versions.size === 2) break;
    needed.versions.add(generation.release);
    for (const { id } of generation.resources) {
      if (id.startsWith(`${runtimes}/`)) needed.runtimes.add(id.split("/").slice(0, 5).join("/"));
    }
    const program = await readProgram(host, generation.release).catch(() => undefined);
    if (program !== undefined) needed.runtimes.add(program.node.folder);
  }
  return needed;
}

/** Those with a leading dot are being fetched just now, or are left of that: what fetches clears them up itself. */
async function namesIn(host: HostReader, folder: string): Promise<string[]> {
  return (await host.list(folder)).filter((name) => !name.startsWith("."));
}
