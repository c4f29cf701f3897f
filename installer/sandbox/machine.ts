import { HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { createHost } from "../host/local-host.ts";
import { prepareContainer } from "./container.ts";
import { ensureImage, removeAbandonedBuilds } from "./image.ts";
import { canHaveOwnNetwork, claimNetwork } from "./network.ts";
import { bootMachine, openMachine, refuseIfInUse, stateOf, takeAway, type Machine } from "./open-machine.ts";
import { silent, type Progress } from "./progress.ts";
import {
  claimName,
  machineNames,
  makeStateDirectories,
  readRecord,
  records,
  writeRecord,
  type MachineImage,
  type MachineKind,
  type MachineRecord,
} from "./state.ts";
import { prepareVm } from "./vm.ts";

export type { Machine } from "./open-machine.ts";

export interface UpOptions {
  /** Letters, digits and hyphens; made up where none is given. */
  name?: string;
  /** "container" where nothing is said. */
  kind?: MachineKind;
  /** "bookworm" where nothing is said. */
  image?: MachineImage;
  /**
   * The name of a powered-off machine whose disk to start from, instead of a bare image; that one stays as it is,
   * and gives kind and image. So a long installation is made once for many tests.
   */
  from?: string;
  /** Makes the machine's port 80 reachable at this port of this machine, too. */
  port?: number;
  memoryBytes?: number;
  cpus?: number;
}

/**
 * Makes a machine and waits until it is up. One of that name that is stopped is started again. Where it fails or
 * is interrupted nothing is left behind.
 * @throws HomeroomError where the name is taken, or the machine can't be made here.
 */
export async function up(
  options: UpOptions = {},
  progress: Progress = silent,
  host: Host = createHost(),
): Promise<Machine> {
  const { memoryBytes = 2 * 1024 ** 3, cpus = 2, port } = options;
  if (options.name !== undefined) checkName(options.name);
  await makeStateDirectories(host);
  const below = options.from === undefined ? undefined : await poweredOff(host, options.from);
  const { kind = "container", image = "bookworm" } = below ?? options;
  const name = options.name ?? (await freeName(host));
  const stopped = await startAgain(host, name, progress);
  if (stopped !== undefined) return stopped;

  const record: MachineRecord = {
    name,
    kind,
    image,
    memoryBytes,
    cpus,
    createdMs: Date.now(),
    makerPid: process.pid,
    base: below?.base ?? "",
    ...(below === undefined ? {} : { from: below.name }),
    network: { mode: "none" },
  };
  await writeRecord(host, record);
  try {
    if (below === undefined) record.base = await ensureImage(host, kind, image, progress);
    if (kind === "vm") {
      await prepareVm(host, record, port);
    } else {
      const own = await canHaveOwnNetwork(host);
      record.network = own ? await claimNetwork(host, name, port) : { mode: "host", port: port ?? 80 };
      if (!own) progress.report("No network of its own here: the machine uses this machine's network.");
      await prepareContainer(host, record);
    }
    await writeRecord(host, record);
    progress.report(`Booting ${name} (${image}, ${kind}).`);
    await bootMachine(host, record, progress);
    delete record.makerPid;
    await writeRecord(host, record);
  } catch (error) {
    await takeAway(host, name);
    throw error;
  }
  return openMachine(host, record);
}

/**
 * The machine of that name, or the newest one.
 * @throws HomeroomError where there is none.
 */
export async function find(name?: string, host: Host = createHost()): Promise<Machine> {
  const machines = await records(host);
  const found = name === undefined ? machines.at(-1) : machines.find((record) => record.name === name);
  if (found !== undefined) return openMachine(host, found);
  throw new HomeroomError(
    name === undefined ? "There is no machine." : `There is no machine called ${name}.`,
    {
      remedy: "`homeroom sandbox list` shows the machines there are, `homeroom sandbox up` makes one.",
    },
  );
}

/** All machines, oldest first. */
export async function list(host: Host = createHost()): Promise<Machine[]> {
  return (await records(host)).map((record) => openMachine(host, record));
}

/** Takes every machine away, half-made and crashed ones too; answers with their names. Images stay. */
export async function downAll(host: Host = createHost()): Promise<string[]> {
  const names = await machineNames(host);
  for (const name of names) await takeAway(host, name);
  await removeAbandonedBuilds(host);
  return names;
}

async function startAgain(host: Host, name: string, progress: Progress): Promise<Machine | undefined> {
  if (await claimName(host, name)) return undefined;
  const record = await readRecord(host, name);
  const state = record === undefined ? "making" : await stateOf(host, record);
  if (record === undefined || state !== "stopped" || record.makerPid !== undefined) {
    throw new HomeroomError(`There is a machine called ${name} already.`, {
      remedy: `Take another name, or take that machine away with \`homeroom sandbox down ${name}\`.`,
    });
  }
  await refuseIfInUse(host, name);
  progress.report(`Booting ${name} again (${record.image}, ${record.kind}).`);
  await bootMachine(host, record, progress);
  return openMachine(host, record);
}

/** The machine to start others from. */
async function poweredOff(host: Host, name: string): Promise<MachineRecord> {
  const record = await readRecord(host, name);
  if (record !== undefined && (await stateOf(host, record)) === "stopped") return record;
  throw new HomeroomError(`There is no powered-off machine called ${name}.`, {
    remedy: `\`homeroom sandbox exec ${name} -- systemctl poweroff\` shuts one down.`,
  });
}

async function freeName(host: Host): Promise<string> {
  const taken = new Set(await machineNames(host));
  for (let number = 1; ; number += 1) if (!taken.has(`room${number}`)) return `room${number}`;
}

/** Names become host names, parts of paths and of cgroup names. */
function checkName(name: string): void {
  if (/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) return;
  throw new HomeroomError(`${JSON.stringify(name)} can't be a machine's name.`, {
    remedy: "A name has up to 32 lower-case letters, digits and hyphens, and begins with a letter.",
    exitCode: 64,
  });
}
