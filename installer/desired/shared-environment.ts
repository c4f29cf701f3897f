import { normalizeName, parseRequirement } from "../../config/requirement.ts";
import type { Config } from "../../config/config.ts";
import { sourcesFolder, type FolderPart } from "../resources/folder-part.ts";
import type { InstalledPackage, Snapshot } from "../resources/snapshots.ts";
import type { PythonEnvironmentState } from "../resources/python-environment.ts";
import { textOf, type Release } from "./release.ts";

/** What /opt/homeroom/environment points to now. */
export interface EnvironmentInUse {
  path: string;
  state: PythonEnvironmentState;
  /** What it holds; undefined where none was taken of it yet. */
  snapshot: Snapshot | undefined;
}

/** What a new shared environment is built from; texts, not hashes. */
export interface SharedEnvironment {
  declared: readonly string[];
  source: boolean;
  /** Taken as it is, or, where there are requirements, versions to keep to. */
  lock: string;
  requirements?: string;
  /** The snapshot whose copies are laid over it. */
  copies?: string;
  /** What `environment.from` asks for. */
  folder?: FolderPart;
  /** How much of the folder is done now: nothing where a snapshot is given back as it was. */
  lay?: "packages" | "everything";
}

/** What a new environment goes on from. */
export interface GoneOnFrom {
  inUse?: EnvironmentInUse | undefined;
  /** Given back as it was, whatever is there. */
  restored?: Snapshot | undefined;
  /** Packages that admins installed by hand and that are to go. */
  without?: readonly string[] | undefined;
  /** What `environment.from` asks for; undefined where the config names nothing, or nothing was fetched of it yet. */
  folder?: FolderPart | undefined;
}

/** Whether what is there was built for what the config asks for; what admins did since does not count. */
export function isBuiltFor(
  { declared = [], folder: has }: PythonEnvironmentState,
  { environment }: Config,
  folder: FolderPart | undefined,
): boolean {
  const sameFolder = environment.from === null ? has === undefined : !folder || has?.asks === folder.asks;
  return sameFolder && declared.join("\n") === environment.packages.join("\n");
}

/**
 * What to build for a config: the base that every server needs, what is declared, what the folder of
 * `environment.from` asks for, and what admins have installed by hand into the one in use. Versions stay where nothing
 * speaks against them.
 */
export function sharedEnvironment(
  { environment }: Config,
  release: Release,
  { inUse, restored, without = [], folder }: GoneOnFrom,
): SharedEnvironment {
  const declared = environment.packages;
  const base = textOf(release, "templates/locks/environment.txt");
  const made = { declared, source: environment.sourcePackages, ...(folder === undefined ? {} : { folder }) };
  if (restored !== undefined) return { ...made, lock: restored.lock, ...copiesOf(restored) };
  if (inUse === undefined && declared.length === 0 && folder === undefined) return { ...made, lock: base };
  const snapshot = inUse?.snapshot;
  const byHand = inUse === undefined ? [] : installedByHand(inUse, declaredFor(inUse.state), release);
  const unwanted = new Set(without);
  const wanted = [...declared, ...requirementsOf(folder)];
  const asked = new Set(wanted.map((text) => parseRequirement(text)?.name));
  return {
    ...made,
    lock: snapshot?.lock ?? base,
    ...(snapshot === undefined ? {} : copiesOf(snapshot)),
    requirements: lines([
      ...baseRequirements(release),
      ...new Set(wanted),
      ...new Set(
        [...byHand.map(({ name }) => name), ...neededByCopies(snapshot)].filter(
          (name) => !asked.has(name) && !unwanted.has(name),
        ),
      ),
    ]),
    ...(folder === undefined && inUse?.state.folder === undefined ? {} : { lay: howMuch(inUse, folder) }),
  };
}

/** What packages ask for that are only copied: the resolver does not see them. */
function neededByCopies(snapshot: Snapshot | undefined): string[] {
  const packages = snapshot?.packages ?? [];
  const indexed = new Set(packages.filter(({ copied }) => copied !== true).map(({ name }) => name));
  return packages
    .filter(
      ({ copied, direct }) => copied === true && direct?.startsWith(`file://${sourcesFolder}/`) !== true,
    )
    .flatMap(({ needs }) => needs.map(([name]) => name).filter((name) => indexed.has(name)));
}

/** What an environment was built for, by the config and by the folder that it names. */
export function declaredFor({ declared = [], folder }: PythonEnvironmentState): string[] {
  return [...declared, ...requirementsOf(folder)];
}

/** What postBuild of the same folder has made is among the copies, unless something was too large for them. */
function howMuch(
  inUse: EnvironmentInUse | undefined,
  folder: FolderPart | undefined,
): "packages" | "everything" {
  const snapshot = inUse?.snapshot;
  const same = inUse !== undefined && inUse.state.folder?.asks === folder?.asks;
  return same && snapshot !== undefined && snapshot.omitted.length === 0 ? "packages" : "everything";
}

function requirementsOf(folder: FolderPart | undefined): string[] {
  return (folder?.requirements ?? []).map(({ text }) => text);
}

/**
 * Packages from an index that admins have added and that no other one of these asks for: neither the base nor
 * the declared ones need them.
 */
export function installedByHand(
  { snapshot }: Pick<EnvironmentInUse, "snapshot">,
  declared: readonly string[],
  release: Release,
): InstalledPackage[] {
  const packages = snapshot?.packages ?? [];
  const needed = neededPackages(packages, [...baseRequirements(release), ...declared]);
  const others = packages.filter(({ name }) => !needed.has(name));
  const asked = new Set(
    others.flatMap(({ name, needs }) => needs.map(([each]) => (each === name ? "" : each))),
  );
  return others.filter(({ name, copied }) => copied !== true && !asked.has(name));
}

/** Names of everything that requirements need, themselves included. */
function neededPackages(packages: readonly InstalledPackage[], requirements: readonly string[]): Set<string> {
  const byName = new Map(packages.map((each) => [each.name, each]));
  const seen = new Set<string>();
  const pending = requirements.flatMap((text): [string, string[]][] => {
    const requirement = parseRequirement(text);
    const extras = /^\[([^\]]*)\]/.exec(requirement?.rest ?? "")?.[1]?.split(",") ?? [];
    return requirement === undefined
      ? []
      : [[requirement.name, extras.map((each) => normalizeName(each.trim()))]];
  });
  for (const [name, extras] of pending) {
    const key = `${name}[${extras.toSorted().join()}]`;
    if (seen.has(key)) continue;
    seen.add(key);
    for (const [next, nextExtras, extra] of byName.get(name)?.needs ?? []) {
      if (extra === null || extras.includes(extra)) pending.push([next, nextExtras]);
    }
  }
  return new Set([...seen].map((key) => key.slice(0, key.indexOf("["))));
}

function copiesOf({ id, copies }: Snapshot): { copies?: string } {
  return copies.length === 0 ? {} : { copies: id };
}

/** What every environment holds so that servers start; server and hub speak one JupyterHub's protocol. */
function baseRequirements(release: Release): string[] {
  const hub = /^jupyterhub==\S+/m.exec(textOf(release, "templates/locks/hub.txt"))?.[0] ?? "jupyterhub";
  return textOf(release, "templates/locks/environment.in")
    .split("\n")
    .filter((line) => /^[a-z]/.test(line))
    .map((line) => (line === "jupyterhub" ? hub : line));
}

function lines(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join("");
}
