import { normalizeName, parseRequirement } from "../../config/requirement.ts";
import type { Config } from "../../config/config.ts";
import type { InstalledPackage } from "../resources/installed-packages.ts";
import type { PythonEnvironmentState } from "../resources/python-environment.ts";
import { textOf, type Release } from "./release.ts";

/** What /opt/homeroom/environment points to now. */
export interface EnvironmentInUse {
  path: string;
  state: PythonEnvironmentState;
  /** The lock that came out when it was built. */
  lock: string;
  /** What is there now, whoever installed it. */
  installed: readonly InstalledPackage[];
}

/** What a new shared environment is built from; texts, not hashes. */
export interface SharedEnvironment {
  declared: readonly string[];
  source: boolean;
  /** Taken as it is, or, where there are requirements, versions to keep to. */
  lock: string;
  requirements?: string;
}

/** Whether what is there was built for what the config asks for; what admins did since does not count. */
export function isBuiltFor({ declared = [] }: PythonEnvironmentState, { environment }: Config): boolean {
  return declared.join("\n") === environment.packages.join("\n");
}

/**
 * What to build for a config: the base that every server needs, what is declared, and what admins have
 * installed by hand into the one in use. Versions stay where nothing speaks against them.
 */
export function sharedEnvironment(
  { environment }: Config,
  release: Release,
  inUse: EnvironmentInUse | undefined,
): SharedEnvironment {
  const declared = environment.packages;
  const base = textOf(release, "templates/locks/environment.txt");
  const made = { declared, source: environment.sourcePackages };
  if (inUse === undefined && declared.length === 0) return { ...made, lock: base };
  const installed = inUse?.installed.filter(({ direct }) => direct === undefined) ?? [];
  const byHand = inUse === undefined ? [] : installedByHand(inUse);
  const asked = new Set(declared.map((text) => parseRequirement(text)?.name));
  return {
    ...made,
    lock: inUse === undefined ? base : lines(installed.map(({ name, version }) => `${name}==${version}`)),
    requirements: lines([
      ...baseRequirements(release),
      ...declared,
      ...byHand.map(({ name }) => name).filter((name) => !asked.has(name)),
    ]),
  };
}

/** Packages from an index that admins have added: what no lock of ours put there and the config does not name. */
function installedByHand({ installed, lock, state }: EnvironmentInUse): InstalledPackage[] {
  const ours = new Set([
    ...lockedNames(lock),
    ...(state.declared ?? []).map((text) => parseRequirement(text)?.name),
  ]);
  return installed.filter(({ name, direct }) => direct === undefined && !ours.has(name));
}

/** Package names in a lock, as PEP 503 has them. */
function lockedNames(lock: string): Set<string> {
  const names = [...lock.matchAll(/^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:==| @ )/gm)];
  return new Set(names.map(({ groups }) => normalizeName(groups?.["name"] ?? "")));
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
