import type { Host } from "../host/host.ts";

/** Everything the sandbox keeps on this machine; removed by `rm -rf` once no machine runs. */
export const stateDirectory = "/var/lib/homeroom-sandbox";

export type MachineKind = "container" | "vm";
export type MachineImage = "bookworm" | "trixie";

/** What must be known to use a machine, or to take it away after a crash; written before anything else is made. */
export interface MachineRecord {
  name: string;
  kind: MachineKind;
  image: MachineImage;
  /** Milliseconds since 1970; the newest machine is the one that is meant where no name is given. */
  createdMs: number;
  /** The process that makes the machine, until it is ready. */
  makerPid?: number;
  /** Name of the directory under images/ at the bottom of the machine's disk. */
  base: string;
  /** The powered-off machine whose disk this one started from. */
  from?: string;
  /** Bytes of memory and number of processors; enforced for virtual machines, and for containers on cgroup v2. */
  memoryBytes: number;
  cpus: number;
  network: MachineNetwork;
}

export type MachineNetwork =
  /** Own address; `number` gives interface, table and address. `port`: also reachable on this machine's port. */
  | { mode: "own"; number: number; prefix: string; port?: number }
  /** The network of this machine; the hub is told to listen on `port`. */
  | { mode: "host"; port: number }
  /** QEMU's user network: ports of 127.0.0.1 for the machine's ports 80 and 22. */
  | { mode: "user"; port: number; sshPort: number }
  /** Not set up yet. */
  | { mode: "none" };

/** The directory of one machine; absolute, without the host's root. */
export function machineDirectory(name: string): string {
  return `${stateDirectory}/machines/${name}`;
}

export async function makeStateDirectories(host: Host): Promise<void> {
  for (const path of [
    stateDirectory,
    `${stateDirectory}/images`,
    `${stateDirectory}/machines`,
    `${stateDirectory}/networks`,
  ]) {
    await host.makeDirectory(path, { mode: 0o700, uid: 0, gid: 0 });
  }
}

/** Takes a name for a new machine; false where there is one of that name. Safe between processes (mkdir). */
export async function claimName(host: Host, name: string): Promise<boolean> {
  const made = await host.run(["mkdir", "-m", "0700", host.realPath(machineDirectory(name))], {
    okCodes: [0, 1],
  });
  return made.exitCode === 0;
}

export async function writeRecord(host: Host, record: MachineRecord): Promise<void> {
  await host.write(`${machineDirectory(record.name)}/machine.json`, `${JSON.stringify(record)}\n`, {
    mode: 0o600,
    uid: 0,
    gid: 0,
  });
}

/** The record of one machine; undefined where there is none (or a crash came before it was written). */
export async function readRecord(host: Host, name: string): Promise<MachineRecord | undefined> {
  const text = await host.read(`${machineDirectory(name)}/machine.json`);
  return text === undefined ? undefined : (JSON.parse(text.toString()) as MachineRecord);
}

/** The names of all machines, also of half-made ones. */
export async function machineNames(host: Host): Promise<string[]> {
  return host.list(`${stateDirectory}/machines`);
}

/** The records of all machines, oldest first; half-made ones without a record are not among them. */
export async function records(host: Host): Promise<MachineRecord[]> {
  const all = await Promise.all((await machineNames(host)).map(async (name) => await readRecord(host, name)));
  return all.filter((record) => record !== undefined).toSorted((a, b) => a.createdMs - b.createdMs);
}
