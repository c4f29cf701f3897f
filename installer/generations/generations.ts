import type { Host, HostReader } from "../host/host.ts";
import type { Resource } from "../resources/resource.ts";

const folder = "/var/lib/homeroom/generations";
const current = `${folder}/current`;
const removed = ".removed-";

/** A committed, healthy state: what was asked for, and the state of every resource that was written for it. */
export interface Generation {
  version: 1;
  number: number;
  /** ISO 8601, UTC. */
  created: string;
  release: string;
  /** The task that made it. */
  task: string;
  who: string;
  /** sha256 of the config text; the text itself stands beside the manifest. */
  config: string;
  /** sha256 of the roster's text, which stands there too; absent where there was no roster. */
  roster?: string;
  resources: Resource[];
}

/** The generation in use; undefined before the first install has ended well. */
export async function currentGeneration(host: HostReader): Promise<Generation | undefined> {
  const target = await host.readLink(current);
  return target === undefined ? undefined : readGeneration(host, Number(target));
}

/** One generation's manifest. */
export async function readGeneration(host: HostReader, number: number): Promise<Generation | undefined> {
  const text = await host.read(`${pathOf(number)}/manifest.json`);
  return text === undefined ? undefined : (JSON.parse(text.toString("utf8")) as Generation);
}

/** The config text of a generation, as a person wrote it. */
export async function readGenerationConfig(host: HostReader, number: number): Promise<string | undefined> {
  return (await host.read(`${pathOf(number)}/config.yaml`))?.toString("utf8");
}

/** The roster's text of a generation; undefined where it had none. */
export async function readGenerationRoster(host: HostReader, number: number): Promise<string | undefined> {
  return (await host.read(`${pathOf(number)}/roster.csv`))?.toString("utf8");
}

/** Numbers of all generations, oldest first. */
export async function listGenerations(host: HostReader): Promise<number[]> {
  return (await host.list(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
}

/**
 * Once there are `slack` more than the number to keep, removes the oldest generations, never the one in use. One
 * that is half removed is none: it goes by another name first, and whatever has that name goes with the next call.
 * @returns whether there were any.
 */
export async function removeOldGenerations(
  host: Host,
  { keep, slack }: { keep: number; slack: number },
): Promise<boolean> {
  const numbers = await listGenerations(host);
  if (numbers.length <= keep + slack) return false;
  const inUse = (await currentGeneration(host))?.number;
  const old = numbers.slice(0, -keep).filter((number) => number !== inUse);
  for (const number of old) await host.rename(pathOf(number), `${folder}/${removed}${nameOf(number)}`);
  for (const name of await host.list(folder)) {
    if (name.startsWith(removed)) await host.removeTree(`${folder}/${name}`);
  }
  return old.length > 0;
}

/**
 * Keeps a generation and moves the pointer to it, last of all: a crash before that leaves the old one in use.
 */
export async function commitGeneration(
  host: Host,
  generation: Generation,
  { config, roster }: { config: string; roster: string | undefined },
): Promise<void> {
  const root = { uid: 0, gid: 0 };
  const path = pathOf(generation.number);
  // Which there are is no secret (the shell completes their numbers for whoever types sudo); what is in them is.
  await host.makeDirectory(folder, { mode: 0o755, ...root });
  await host.makeDirectory(path, { mode: 0o700, ...root });
  await host.write(`${path}/config.yaml`, config, { mode: 0o600, ...root });
  if (roster !== undefined) await host.write(`${path}/roster.csv`, roster, { mode: 0o600, ...root });
  await host.write(`${path}/manifest.json`, `${JSON.stringify(generation)}\n`, { mode: 0o600, ...root });
  const name = nameOf(generation.number);
  try {
    await host.link(current, name);
  } catch (error) {
    // It may have failed after the pointer moved, and then the generation is in use.
    if ((await host.readLink(current)) !== name) throw error;
  }
}

function pathOf(number: number): string {
  return `${folder}/${nameOf(number)}`;
}

/** Six digits, so that names sort as numbers do. */
function nameOf(number: number): string {
  return String(number).padStart(6, "0");
}
