import type { HostReader } from "../../host/host.ts";
import { readCheck } from "../../resources/environment-check.ts";
import { latestSnapshot, listSnapshots, readSnapshot, type Snapshot } from "../../resources/snapshots.ts";
import { hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { packageChanges, summarizeChanges, type PackageChange } from "./package-changes.ts";

/** One snapshot and what made it; `homeroom env history --json`. */
interface Entry {
  id: string;
  created: string;
  who: string[];
  /** The command; null for changes by hand. */
  what: string | null;
  packages: PackageChange[];
  /** Copied files that are new, changed or gone. */
  files: number;
  /** Whether a server starts from it; null where nobody tried. */
  works: boolean | null;
  inUse: boolean;
}

/** `homeroom env history`: newest first. */
export async function showHistory(options: GlobalOptions & { json?: true }): Promise<void> {
  requireRoot(options);
  const entries = await readHistory(hostOf(options));
  if (options.json) return printJson(entries);
  if (entries.length === 0)
    return narrate("No snapshots yet: the first comes within a minute of the install.");
  for (const entry of entries) print(lineOf(entry));
}

/** Every snapshot compared with the one before it, newest first. */
export async function readHistory(host: HostReader): Promise<Entry[]> {
  const latest = await latestSnapshot(host);
  const entries: Entry[] = [];
  let before: Snapshot | undefined;
  for (const id of await listSnapshots(host)) {
    const snapshot = await readSnapshot(host, id);
    if (snapshot === undefined) continue;
    const check = await readCheck(host, id);
    entries.push({
      id,
      created: snapshot.created,
      who: snapshot.who,
      what: snapshot.what,
      packages: before === undefined ? [] : changesBetween(before, snapshot),
      files: before === undefined ? 0 : filesBetween(before, snapshot),
      works: check?.works ?? null,
      inUse: id === latest?.id,
    });
    before = snapshot;
  }
  return entries.toReversed();
}

/** Packages that differ between two snapshots. */
export function changesBetween(before: Snapshot, after: Snapshot): PackageChange[] {
  return packageChanges(versionsOf(before), versionsOf(after));
}

export function versionsOf({ packages }: Snapshot): Map<string, string> {
  return new Map(packages.map(({ name, version }) => [name, version]));
}

function filesBetween(before: Snapshot, after: Snapshot): number {
  const keys = ({ copies }: Snapshot) => new Set(copies.map(([path, hash]) => `${path} ${hash}`));
  const [was, is] = [keys(before), keys(after)];
  return [...was].filter((key) => !is.has(key)).length + [...is].filter((key) => !was.has(key)).length;
}

function lineOf({ id, created, who, what, packages, files, works, inUse }: Entry): string {
  const changes = [
    ...(packages.length > 0 ? [summarizeChanges(packages)] : []),
    ...(files > 0 ? [`${files} ${files === 1 ? "file" : "files"}`] : []),
  ].join(", ");
  const by = who.filter((name) => name !== "homeroom-env").join(", ");
  const marks = `${works === false ? "  starts no server" : ""}${inUse ? "  in use" : ""}`;
  const when = created.slice(0, 16).replace("T", " ");
  return `${id}  ${when}  ${what ?? "by hand"}${by === "" ? "" : ` by ${by}`}: ${changes || "the first one, or built anew"}${marks}`;
}
