import { HomeroomError } from "../errors.ts";

/** plain: a.service; template: a@.service; instance: a@b.service. */
export type UnitNameKind = "plain" | "template" | "instance";

/** Longest unit name, in characters (all of them are ASCII). */
export const longestUnitName = 255;

/** Whether the name is a valid unit name, of one of the kinds where some are given. */
export function isUnitName(name: string, kinds?: readonly UnitNameKind[]): boolean {
  const kind = unitNameKind(name);
  return kind !== undefined && (kinds?.includes(kind) ?? true);
}

/** Whether this can stand before the @ or the suffix of a unit name. */
export function isUnitPrefix(prefix: string): boolean {
  return /^[\w:.\\-]+$/.test(prefix);
}

/** Whether this can stand between the @ and the suffix of a unit name. */
export function isUnitInstance(instance: string): boolean {
  return /^[\w:.\\@-]+$/.test(instance);
}

/** Whether this is a dot and a type of units. */
export function isUnitSuffix(suffix: string): boolean {
  return suffix.startsWith(".") && isUnitType(suffix.slice(1));
}

/** The parts of a valid unit name; the instance is undefined in plain names and "" in templates. */
export function unitNameParts(name: string): {
  prefix: string;
  instance: string | undefined;
  suffix: string;
} {
  requireUnitName(name);
  const dot = name.lastIndexOf(".");
  const at = name.indexOf("@");
  return {
    prefix: name.slice(0, at === -1 ? dot : at),
    instance: at === -1 ? undefined : name.slice(at + 1, dot),
    suffix: name.slice(dot),
  };
}

/** The unit of a template (or of another instance of it) for an instance that is escaped already. */
export function unitNameWithInstance(name: string, instance: string): string {
  requireUnitName(name, ["template", "instance"]);
  const { prefix, suffix } = unitNameParts(name);
  return requireUnitName(`${prefix}@${instance}${suffix}`, ["instance"]);
}

/** The name itself; throws where it is no valid unit name of one of the kinds. */
export function requireUnitName(name: string, kinds?: readonly UnitNameKind[]): string {
  if (isUnitName(name, kinds)) return name;
  throw new HomeroomError(`${JSON.stringify(name)} is not a valid ${kinds?.join(" or ") ?? "unit"} name.`, {
    remedy: `Use a name like ${kinds?.includes("plain") === false ? "name@instance.service" : "name.service"}: letters, digits and :-_.\\ before a type of units, ${longestUnitName} characters at most.`,
  });
}

/** Which kind of unit name this is; undefined where it is no valid unit name. */
function unitNameKind(name: string): UnitNameKind | undefined {
  if (name.length > longestUnitName) return undefined;
  const match = /^(?<prefix>[\w:.\\-]+)(?<at>@(?<instance>[\w:.\\@-]*))?\.(?<type>[a-z]+)$/.exec(name);
  if (!match?.groups || !isUnitType(match.groups["type"])) return undefined;
  if (match.groups["at"] === undefined) return "plain";
  return match.groups["instance"] === "" ? "template" : "instance";
}

/** The types of units, which are also the suffixes of their names. */
const unitTypes = [
  "service",
  "mount",
  "swap",
  "socket",
  "target",
  "device",
  "automount",
  "timer",
  "path",
  "slice",
  "scope",
] as const;

function isUnitType(type: string | undefined): boolean {
  return unitTypes.some((known) => known === type);
}
