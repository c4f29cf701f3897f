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
  choices?: (string | number | boolean)[];
  default?: unknown;
  nullable?: boolean;
}

export interface TraitClass {
  authenticator: boolean;
  module: string;
  /** The class and its bases, nearest first. */
  mro: string[];
  traits: Record<string, Trait>;
}

const { shortNames, classes } = traitsJson as unknown as {
  shortNames: Record<string, string>;
  classes: Record<string, TraitClass>;
};

/** TLJH's default. */
export const defaultAuthenticator = "firstuseauthenticator.FirstUseAuthenticator";

/** Names that older versions of TLJH and its manual used. */
const formerNames: Readonly<Record<string, string>> = {
  "dummyauthenticator.DummyAuthenticator": "dummy",
  "jupyterhub_dummyauthenticator.DummyAuthenticator": "dummy",
  "nullauthenticator.NullAuthenticator": "null",
};

export interface Authenticator {
  /** The full name of the class. */
  class: string;
  /** The name of the class alone, which its block under `auth` has. */
  className: string;
  /** Whether the hub's environment has it, so that its traits are known. */
  known: boolean;
}

/** What `auth.type` names; undefined where it is neither a known short name nor the full name of a class. */
export function findAuthenticator(type: string): Authenticator | undefined {
  const name = formerNames[type] ?? type;
  const full = Object.hasOwn(shortNames, name) ? (shortNames[name] ?? name) : name;
  const className = full.split(".").at(-1) ?? full;
  if (!/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(full)) return undefined;
  const known = findClass(className);
  const sameModule = known?.module.split(".")[0] === full.split(".")[0];
  return { class: full, className, known: known !== undefined && sameModule };
}

/** The traits of a class by its name alone; undefined for a class that the hub's environment does not have. */
export function findClass(name: string): TraitClass | undefined {
  return Object.hasOwn(classes, name) ? classes[name] : undefined;
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
  const byClass = Object.entries(shortNames).find(([, full]) => full.endsWith(`.${type}`));
  return byClass?.[0] ?? nearest(type, [...shortNameList(), ...Object.values(shortNames)], 3);
}

/** The short names that `auth.type` may be. */
export function shortNameList(): string[] {
  return Object.keys(shortNames).filter((name) => name !== "default");
}

/** The short name of a class, or its full name where it has none. */
export function shortNameOf(className: string): string {
  const found = Object.entries(shortNames).find(
    ([name, full]) => name !== "default" && full.endsWith(`.${className}`),
  );
  return found?.[0] ?? className;
}

/** The class name that was probably meant. */
export function meantClass(name: string): string | undefined {
  return nearest(name, Object.keys(classes), 2);
}
