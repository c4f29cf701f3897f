import traitsJson from "./traits.json" with { type: "json" };
import { nearest } from "./nearest.ts";

export type TraitType =
  | "any"
  | "boolean"
  | "choice"
  | "class"
  | "code"
  | "integer"
  | "list"
  | "map"
  | "number"
  | "set"
  | "size"
  | "text";

export interface Trait {
  type: TraitType | TraitType[];
  help: string;
  /** The type of a list's or set's items. */
  items?: TraitType | TraitType[];
  /** How many items a list has, where it is always so many. */
  length?: number;
  /** What stands behind each key of a map. */
  values?: Pick<Trait, "type" | "items">;
  choices?: (string | number | boolean)[];
  default?: unknown;
  nullable?: boolean;
}

export interface TraitClass {
  authenticator: boolean;
  /** The dotted names that it can be imported by. */
  names: string[];
  /** The class and its bases, nearest first. */
  mro: string[];
  traits: Record<string, Trait>;
}

/** By the name of the class alone. */
const classes = new Map(Object.entries(traitsJson.classes as Record<string, TraitClass>));

/** Full names by short names; JupyterHub's own `default`, which is PAM, is not worth proposing. */
const { default: byDefault, ...proposed } = traitsJson.shortNames;
const shortNames = new Map(Object.entries({ default: byDefault, ...proposed }));

/** TLJH's default. */
export const defaultAuthenticator = "firstuseauthenticator.FirstUseAuthenticator";

/** Names that older versions of TLJH and its manual used. */
const formerNames = new Map([
  ["dummyauthenticator.DummyAuthenticator", "dummy"],
  ["jupyterhub_dummyauthenticator.DummyAuthenticator", "dummy"],
  ["nullauthenticator.NullAuthenticator", "null"],
]);

export interface Authenticator {
  /** The full name of the class, the same however `auth.type` was written. */
  class: string;
  /** The name of the class alone, which its block under `auth` has. */
  className: string;
  /** Whether the hub's environment has it, so that its traits are known. */
  known: boolean;
}

/**
 * What `auth.type` names; undefined where it is neither a short name (capitals do not count, as in JupyterHub) nor the
 * full name of a class, or where the package that should hold the class is known not to.
 */
export function findAuthenticator(type: string): Authenticator | undefined {
  const name = formerNames.get(type) ?? type;
  const full = shortNames.get(name.toLowerCase()) ?? name;
  if (!/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(full)) return undefined;
  const className = full.slice(full.lastIndexOf(".") + 1);
  if (!packages.has(packageOf(full))) return { class: full, className, known: false };
  const names = findClass(className)?.names;
  if (!names?.includes(full)) return undefined;
  return { class: names.find((known) => listed.includes(known)) ?? full, className, known: true };
}

function packageOf(full: string): string {
  return full.slice(0, full.indexOf("."));
}

/** The Python packages of the hub's environment that hold authenticators. */
const packages = new Set([...classes.values()].flatMap(({ names }) => names.map(packageOf)));

/** The full names that have a short one. */
const listed: readonly string[] = Object.values(proposed);

/** The traits of a class by its name alone; undefined for a class that the hub's environment does not have. */
export function findClass(name: string): TraitClass | undefined {
  return classes.get(name);
}

/** Every trait that a class's block may set, those of its bases included. */
export function traitsOf(name: string): Map<string, Trait> {
  const traits = new Map<string, Trait>();
  for (const base of findClass(name)?.mro ?? []) {
    for (const [trait, described] of Object.entries(findClass(base)?.traits ?? {})) {
      if (!traits.has(trait)) traits.set(trait, described);
    }
  }
  return traits;
}

/** The short name or class that was probably meant by an unknown `auth.type`. */
export function meantAuthenticator(type: string): string | undefined {
  const isOurs = !type.includes(".") || packages.has(packageOf(type));
  const byClass = isOurs ? shortNameOf(type.slice(type.lastIndexOf(".") + 1)) : undefined;
  return byClass ?? nearest(type, [...shortNameList(), ...listed], 3);
}

/** The short names that `auth.type` may be. */
export function shortNameList(): string[] {
  return Object.keys(proposed);
}

/** The short name of a class by its name alone; undefined where it has none. */
export function shortNameOf(className: string): string | undefined {
  return Object.entries(proposed).find(([, full]) => full.endsWith(`.${className}`))?.[0];
}

/** The class name that was probably meant. */
export function meantClass(name: string): string | undefined {
  return nearest(name, [...classes.keys()], 2);
}
