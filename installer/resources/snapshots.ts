import type { Host, HostReader } from "../host/host.ts";
import { resolveOwner } from "./accounts-file.ts";

export const snapshotsFolder = "/var/lib/homeroom/snapshots";
const snapshotsAccount = "homeroom-snapshots";
const timeoutMs = 15 * 60_000;

export interface InstalledPackage {
  /** As PEP 503 has it. */
  name: string;
  version: string;
  /** Where it came from, if not from a package index: a folder, a file, a repository. */
  direct?: string;
  /** What it asks for: a package, extras of that, and the own extra that this is for. */
  needs: [name: string, extras: string[], extra: string | null][];
  /** It is one of conda's: the channel that it came from. */
  channel?: string;
  /** Names that a package of conda's has on the Python package index; none for what is no Python. */
  provides?: string[];
  /** No index gives it again: its files are among the copies. */
  copied?: true;
}

/** What the shared environment held at one moment, as templates/environment/snapshot.py writes it. */
export interface Snapshot {
  version: 1;
  /** Sorts by time. */
  id: string;
  /** ISO 8601, UTC. */
  created: string;
  /** The folder that it was taken of. */
  environment: string;
  /** Hub names of those whose files are new, or who ran the command. */
  who: string[];
  /** The command that changed it; null for changes by hand. */
  what: string | null;
  /** "3.11"; null where there is none left. */
  python: string | null;
  packages: InstalledPackage[];
  /** Lock with hashes of what an index gives: a line of JSON for each of conda's packages, then pip's own. */
  lock: string;
  /** What it does not: path, hash, bytes, mode, target of a link. */
  copies: [path: string, hash: string | null, size: number, mode: number, target: string | null][];
  /** Paths that were too large, or that the disk had no room for. */
  omitted: string[];
  /** Packages with files missing. */
  damaged: string[];
}

/** The newest snapshot; undefined before the first. */
export async function latestSnapshot(host: HostReader): Promise<Snapshot | undefined> {
  const target = await host.readLink(`${snapshotsFolder}/latest`);
  return target === undefined ? undefined : readSnapshot(host, target.replace(/\.json$/, ""));
}

/** One snapshot by its id; undefined where there is none. */
export async function readSnapshot(host: HostReader, id: string): Promise<Snapshot | undefined> {
  if (!/^\d{8}-\d{6}$/.test(id)) return undefined;
  const text = await host.read(`${snapshotsFolder}/${id}.json`);
  return text === undefined ? undefined : (JSON.parse(text.toString("utf8")) as Snapshot);
}

/** Ids of all snapshots, oldest first. */
export async function listSnapshots(host: HostReader): Promise<string[]> {
  const names = await host.list(snapshotsFolder);
  return names.filter((name) => /^2\d{7}-.*\.json$/.test(name)).map((name) => name.slice(0, -".json".length));
}

export interface SnapshotInputs {
  /** The release's folder. */
  release: string;
  environment: string;
  uv: string;
  /** For the history; without it whoever owns the new files. */
  who?: string;
  what?: string;
}

/** Takes a snapshot where anything has changed since the last one; as an account that owns nothing else. */
export async function takeSnapshot(
  host: Host,
  { release, environment, uv, who, what }: SnapshotInputs,
): Promise<Snapshot | undefined> {
  const as = await resolveOwner(host, snapshotsAccount, snapshotsAccount);
  const script = `${release}/templates/environment/snapshot.py`;
  const places = [snapshotsFolder, environment, "/var/lib/homeroom/environments", uv];
  const { stdout } = await host.run(["/usr/bin/python3", "-I", "-S", script, ...places], {
    as,
    cwd: "/",
    env: {
      ...(who === undefined ? {} : { HOMEROOM_WHO: who }),
      ...(what === undefined ? {} : { HOMEROOM_WHAT: what }),
    },
    timeoutMs,
  });
  return readSnapshot(host, stdout.trim());
}
