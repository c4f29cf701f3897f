import type { HostReader } from "../host/host.ts";
import { canaryAccount } from "../desired/canary.ts";
import { accountOfInstance } from "../desired/account-name.ts";
import { isRunning } from "../resources/service.ts";
import type { UnitProperties } from "../resources/systemctl.ts";
import { unescapeUnitPart } from "../systemd/unit-escape.ts";

/** What there is and what of it is free, in bytes. */
export interface Room {
  total: number;
  free: number;
}

/** Somebody whose server runs. */
export interface Present {
  account: string;
  /** Bytes that the server has in use; undefined where the kernel does not count. */
  memory: number | undefined;
}

/** What systemd will start next by itself. */
export interface Scheduled {
  unit: string;
  /** ISO 8601, UTC. */
  next: string;
}

/** Memory of the machine, by what the kernel says could still be used (proc(5), MemAvailable). */
export async function readMemory(host: HostReader): Promise<Room> {
  const text = (await host.read("/proc/meminfo"))?.toString("utf8") ?? "";
  const bytes = (key: string) => Number(new RegExp(`^${key}: +(\\d+) kB$`, "m").exec(text)?.[1] ?? 0) * 1024;
  return { total: bytes("MemTotal"), free: bytes("MemAvailable") };
}

/** The disks that the class and the hub write to, each once, by where they are mounted. */
export async function readDisks(host: HostReader): Promise<(Room & { mount: string })[]> {
  const argv = ["df", "--block-size=1", "--output=target,size,avail", "/", "/home", "/var/lib/homeroom"];
  const { stdout } = await host.query(argv, { okCodes: [0, 1] });
  const rows = stdout
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  const disks = rows.map(([mount = "", total, free]) => ({
    mount,
    total: Number(total),
    free: Number(free),
  }));
  return [...new Map(disks.map((disk) => [disk.mount, disk])).values()];
}

/** Who is on, by account. @param units as `showUnits` gives them, with ActiveState and MemoryCurrent */
export function presentIn(units: ReadonlyMap<string, UnitProperties>): Present[] {
  return [...units]
    .flatMap(([id, unit]) => {
      const part = /^homeroom-user@(.+)\.service$/.exec(id)?.[1];
      const instance = part === undefined ? undefined : unescapeUnitPart(part);
      if (instance === undefined || !isRunning(unit)) return [];
      const account = accountOfInstance(instance);
      if (account === canaryAccount) return [];
      const memory = Number(unit["MemoryCurrent"]);
      return [{ account, memory: Number.isSafeInteger(memory) ? memory : undefined }];
    })
    .toSorted((a, b) => (a.account < b.account ? -1 : 1));
}

/** What comes next, soonest first (systemctl(1): list-timers gives microseconds since 1970 in JSON). */
export async function readScheduled(host: HostReader): Promise<Scheduled[]> {
  const argv = ["systemctl", "list-timers", "--output=json", "--no-pager", "homeroom-*"];
  const { stdout } = await host.query(argv, { okCodes: [0, 1] });
  const timers =
    stdout.trim() === "" ? [] : (JSON.parse(stdout) as { next: number | null; activates: string }[]);
  return timers
    .flatMap(({ next, activates }) =>
      next === null || next === 0 ? [] : [{ unit: activates, next: new Date(next / 1000).toISOString() }],
    )
    .toSorted((a, b) => (a.next < b.next ? -1 : 1));
}
