import { normalizeName, parseRequirement } from "../../config/requirement.ts";
import type { Config } from "../../config/config.ts";
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
}

/** What a new environment goes on from. */
export interface GoneOnFrom {
  inUse?: EnvironmentInUse | undefined;
  /** Given back as it was, whatever is there. */
  restored?: Snapshot | undefined;
  /** Packages that admins installed by hand and that are to go. */
  without?: readonly string[] | undefined;
}

/** Whether what is there was built for what the config asks for; what admins did since does not count. */
export function isBuiltFor(
  { declared = [], conda }: PythonEnvironmentState,
  { environment }: Config,
): boolean {
  const channels = environment.manager === "conda" ? environment.channels : undefined;
  return (
    declared.join("\n") === environment.packages.join("\n") &&
    conda?.channels.join("\n") === channels?.join("\n")
  );
}

/**
 * What to build for a config: the base that every server needs, what is declared, and what admins have
 * installed by hand into the one in use. Versions stay where nothing speaks against them.
 */
export function sharedEnvironment(
  { environment }: Config,
  release: Release,
  { inUse, restored, without = [] }: GoneOnFrom,
): SharedEnvironment {
  const declared = environment.packages;
  const base = textOf(release, "templates/locks/environment.txt");
  const made = { declared, source: environment.sourcePackages };
  if (restored !== undefined) return { ...made, lock: restored.lock, ...copiesOf(restored) };
  const conda = environment.manager === "conda";
  if (inUse === undefined && declared.length === 0 && !conda) return { ...made, lock: base };
  const snapshot = inUse?.snapshot;
  const names = new Map(snapshot?.packages.map((each) => [each.name, conda ? each.name : nameOnIndex(each)]));
  const byHand = inUse === undefined ? [] : installedByHand(inUse, inUse.state.declared ?? [], release);
  const unwanted = new Set(without);
  const asked = new Set(declared.map((text) => parseRequirement(text)?.name));
  return {
    ...made,
    lock: snapshot === undefined ? (conda ? "" : base) : conda ? snapshot.lock : versionsOnIndex(snapshot),
    ...(snapshot === undefined ? {} : copiesOf(snapshot)),
    requirements: lines([
      ...baseRequirements(release),
      ...declared,
      ...byHand
        .filter(({ name }) => !unwanted.has(name))
        .flatMap(({ name }) => names.get(name) ?? [])
        .filter((name) => !asked.has(name)),
    ]),
  };
}

/** What the Python package index has a package under; undefined where only a channel of conda's has it. */
export function nameOnIndex({ name, channel, provides = [] }: InstalledPackage): string | undefined {
  return channel === undefined ? name : provides[0];
}

/** The lock of a snapshot for uv: what conda gave is named with its version, so that it stays where the index has that. */
function versionsOnIndex({ lock, packages }: Snapshot): string {
  const given = packages.flatMap((each) => {
    const name = each.channel === undefined ? undefined : nameOnIndex(each);
    return name === undefined ? [] : [`${name}==${each.version}\n`];
  });
  return `${given.join("")}${lock.replaceAll(/^\{.*\n/gm, "")}`;
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
  // conda's names are others now and then: what a package brings of the index's counts as its name too.
  const byName = new Map(
    packages.flatMap((each) => [...(each.provides ?? []), each.name].map((name) => [name, each] as const)),
  );
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
  const names = [...seen].map((key) => key.slice(0, key.indexOf("[")));
  return new Set(names.map((name) => byName.get(name)?.name ?? name));
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
