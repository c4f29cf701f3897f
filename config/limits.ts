import type { Config, Limits } from "./config.ts";

const MiB = 1024 ** 2;
/** Auto limits are round figures, which people can compare. */
const step = 32 * MiB;

/** A limit that holds for somebody, and the key that says so. */
export interface Explained<Value> {
  /** null is no limit. */
  value: Value | null;
  /** `limits.users.alice.memory`, `limits.groups.ta.memory` or `limits.memory`. */
  key: string;
  /** Computed from the machine: the key says `auto`, or says nothing. */
  computed: boolean;
}

/** What one person's server may use, in bytes, cores, and processes and threads. */
export interface PersonLimits {
  memory: Explained<number>;
  cpu: Explained<number>;
  tasks: Explained<number>;
}

/**
 * The limits of one person: their own win over those of a group, and those over the ones for everybody, each key
 * by itself. Of several groups that say something the most generous counts.
 * @param machineMemory bytes
 * @param groups of this person, from the config and the roster
 */
export function limitsOf(
  { limits }: Pick<Config, "limits">,
  machineMemory: number,
  person: { name: string; groups: readonly string[] },
): PersonLimits {
  const explained = (key: keyof Limits): Explained<number> => {
    const written = ownLimit(limits, person.name, key) ??
      groupLimit(limits, machineMemory, person.groups, key) ?? [`limits.${key}`, limits[key]];
    const [path, value] = written;
    return value === "auto"
      ? { value: autoMemory(limits, machineMemory), key: path, computed: true }
      : { value, key: path, computed: false };
  };
  return { memory: explained("memory"), cpu: explained("cpu"), tasks: explained("tasks") };
}

/** What holds for everybody, and for each person for whom something else does. */
export interface ClassLimits {
  common: PersonLimits;
  /** By hub name in small letters. */
  others: Map<string, PersonLimits>;
  /** Bytes kept for the system, the hub and the proxy. */
  reserve: number;
}

/**
 * The limits of the whole class.
 * @param memberships groups by hub name in small letters, of everybody who is in one
 */
export function classLimits(
  config: Pick<Config, "limits">,
  machineMemory: number,
  memberships: ReadonlyMap<string, readonly string[]>,
): ClassLimits {
  const common = commonLimits(config, machineMemory);
  const names = new Set(Object.keys(config.limits.users));
  for (const [name, groups] of memberships) {
    if (groups.some((group) => Object.hasOwn(config.limits.groups, group))) names.add(name);
  }
  const others = new Map<string, PersonLimits>();
  for (const name of names) {
    const limits = limitsOf(config, machineMemory, { name, groups: memberships.get(name) ?? [] });
    if (!isSame(limits, common)) others.set(name, limits);
  }
  return { common, others, reserve: reserveOf(config.limits, machineMemory) };
}

function isSame(a: PersonLimits, b: PersonLimits): boolean {
  return (["memory", "cpu", "tasks"] as const).every((key) => a[key].value === b[key].value);
}

/** The limits of whoever has none of their own and is in no group. */
export function commonLimits(config: Pick<Config, "limits">, machineMemory: number): PersonLimits {
  return limitsOf(config, machineMemory, { name: "", groups: [] });
}

/** Groups by hub name in small letters (JupyterHub knows no others), as far as the config names them. */
export function membershipsOf({ users }: Pick<Config, "users">): Map<string, string[]> {
  const memberships = new Map<string, string[]>();
  for (const [group, members] of Object.entries(users.extraUserGroups)) {
    for (const member of members) {
      const name = member.toLowerCase();
      memberships.set(name, [...(memberships.get(name) ?? []), group]);
    }
  }
  return memberships;
}

/**
 * Bytes kept for the system, the hub and the proxy: what the config says, else an eighth of the machine, at least
 * 384 MiB and at most 2 GiB; never more than half.
 */
export function reserveOf({ reserve }: Config["limits"], machineMemory: number): number {
  const wanted = reserve ?? Math.min(Math.max(machineMemory / 8, 384 * MiB), 2048 * MiB);
  return Math.ceil(Math.min(wanted, machineMemory / 2) / MiB) * MiB;
}

/** Bytes that all servers together may use. */
export function classMemory(limits: Config["limits"], machineMemory: number): number {
  return Math.floor((machineMemory - reserveOf(limits, machineMemory)) / MiB) * MiB;
}

/**
 * Bytes for one server under `auto`: a tenth of what the class has, since a class rarely needs its limits all at
 * once, but at least the 512 MiB that a notebook with the usual libraries wants, and never more than a third, so
 * that nobody can take it all.
 */
export function autoMemory(limits: Config["limits"], machineMemory: number): number {
  const all = classMemory(limits, machineMemory);
  return Math.floor(Math.max(all / 10, Math.min(512 * MiB, all / 3)) / step) * step;
}

type Value = Limits[keyof Limits];

function ownLimit(
  { users }: Config["limits"],
  name: string,
  key: keyof Limits,
): readonly [string, Value] | undefined {
  const own = name.toLowerCase();
  const value = Object.hasOwn(users, own) ? users[own]?.[key] : undefined;
  return value === undefined ? undefined : [`limits.users.${own}.${key}`, value];
}

function groupLimit(
  limits: Config["limits"],
  machineMemory: number,
  groups: readonly string[],
  key: keyof Limits,
): readonly [string, Value] | undefined {
  const size = (value: Value): number =>
    value === null ? Infinity : value === "auto" ? autoMemory(limits, machineMemory) : value;
  return groups
    .flatMap((group): [string, Value][] => {
      const value = Object.hasOwn(limits.groups, group) ? limits.groups[group]?.[key] : undefined;
      return value === undefined ? [] : [[`limits.groups.${group}.${key}`, value]];
    })
    .toSorted(([, a], [, b]) => size(b) - size(a))[0];
}
