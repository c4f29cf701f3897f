import type { HostReader } from "../host/host.ts";
import type { ResourceKind } from "./resource.ts";
import { showUnits, type UnitProperties } from "./systemctl.ts";

/** What one person's slice allows; null is no limit. */
export interface SliceLimits {
  /** Bytes. */
  memory: number | null;
  /** Percent of one core. */
  cpu: number | null;
  /** Processes and threads. */
  tasks: number | null;
}

/** A slice that systemd has loaded: somebody's server runs, or ran since the machine started. */
export interface LoadedSlice {
  /** "homeroom-users-alice.slice". */
  slice: string;
  limits: SliceLimits;
  /** Bytes that cannot be had back without ending a program; 0 where nothing counts them. */
  inUse: number;
}

const properties = ["MemoryMax", "CPUQuotaPerSecUSec", "TasksMax"];
const everySlice = "homeroom-users-?*.slice";
const controlGroup = "/sys/fs/cgroup/homeroom.slice/homeroom-users.slice";
/** A server that has just started uses more than this; less is not worth a closer look. */
const worthALook = 16 * 1024 ** 2;

/**
 * The limits that hold now in a loaded slice; its id is the unit. Set as a property, which reaches running programs
 * at once and restarts nothing; drop-ins say what holds from the next load on, so no reload of systemd is needed.
 */
export const userSlice: ResourceKind<SliceLimits> = {
  kind: "user-slice",
  inert: true,
  async read(host, id) {
    return (await readLimits(host, [id])).get(id);
  },
  readMany: readLimits,
  async write(host, id, state) {
    if (state === undefined) return;
    const { memory, cpu, tasks } = state;
    const values = [
      `MemoryMax=${memory ?? "infinity"}`,
      `CPUQuota=${cpu === null ? "" : `${cpu}%`}`,
      `TasksMax=${tasks ?? "infinity"}`,
    ];
    await host.run(["systemctl", "set-property", "--runtime", "--", id, ...values]);
  },
  describe: ({ id }) => ({
    words: `set the limits of the running ${id}`,
    affects: { who: "nobody" },
  }),
};

/** Every loaded slice of a person, asked of systemd at once. */
export async function readLoadedSlices(host: HostReader): Promise<LoadedSlice[]> {
  const shown = await showUnits(host, [everySlice], ["LoadState", "MemoryCurrent", ...properties]);
  const loaded = [...shown].filter(([, unit]) => unit["LoadState"] === "loaded");
  return Promise.all(
    loaded.map(async ([slice, unit]) => ({
      slice,
      limits: limitsOf(unit),
      inUse: Number(unit["MemoryCurrent"]) > worthALook ? await memoryInUse(host, slice) : 0,
    })),
  );
}

/**
 * memory.current counts what the kernel would give up by itself before it ends a program: cached files and
 * reclaimable slabs (cgroup-v2, "memory.stat"); what is left is in use.
 */
async function memoryInUse(host: HostReader, slice: string): Promise<number> {
  const [current, stat] = await Promise.all([
    host.read(`${controlGroup}/${slice}/memory.current`),
    host.read(`${controlGroup}/${slice}/memory.stat`),
  ]);
  const figures = new Map(
    (stat?.toString("utf8") ?? "").split("\n").map((line): [string, number] => {
      const [name = "", bytes] = line.split(" ");
      return [name, Number(bytes)];
    }),
  );
  const reclaimable = ["active_file", "inactive_file", "slab_reclaimable"];
  const given = reclaimable.reduce((sum, name) => sum + (figures.get(name) ?? 0), 0);
  return Math.max(0, Number(current?.toString("utf8") ?? 0) - given);
}

/**
 * How many programs in a slice the kernel has ended for lack of memory since the slice was loaded (cgroup-v2,
 * "memory.events"); undefined where nothing counts them, or the slice is not there.
 */
export async function memoryKills(host: HostReader, slice: string): Promise<number | undefined> {
  const events = (await host.read(`${controlGroup}/${slice}/memory.events`))?.toString("utf8");
  const count = /^oom_kill (\d+)$/m.exec(events ?? "")?.[1];
  return count === undefined ? undefined : Number(count);
}

async function readLimits(host: HostReader, ids: readonly string[]): Promise<Map<string, SliceLimits>> {
  const limits = new Map<string, SliceLimits>();
  for (const [id, unit] of await showUnits(host, ids, properties)) limits.set(id, limitsOf(unit));
  return limits;
}

function limitsOf(unit: UnitProperties): SliceLimits {
  const quota = unit["CPUQuotaPerSecUSec"] ?? "infinity";
  return {
    memory: numberOf(unit["MemoryMax"]),
    cpu: quota === "infinity" ? null : Math.round(secondsOf(quota) * 100),
    tasks: numberOf(unit["TasksMax"]),
  };
}

/** systemctl shows no limit as "infinity". */
function numberOf(text = "infinity"): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** Seconds of a time span as systemctl shows it: "1.500000s", "10ms", "1min 4s" (systemd.time(7)). */
function secondsOf(span: string): number {
  const units: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 };
  return [...span.matchAll(/([\d.]+)([a-z]+)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? 0),
    0,
  );
}
