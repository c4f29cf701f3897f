import { HomeroomError } from "../errors.ts";
import type { Host, RunResult } from "../host/host.ts";
import { createHost } from "../host/local-host.ts";
import {
  bootContainer,
  containerLeader,
  enterContainer,
  prepareContainer,
  stopContainer,
} from "./container.ts";
import { copyFromMachine, copyToMachine } from "./copy.ts";
import { ensureImage, removeAbandonedBuilds } from "./image.ts";
import { canHaveOwnNetwork, claimNetwork, disconnectNetwork, machineAddress } from "./network.ts";
import { silent, type Progress } from "./progress.ts";
import {
  claimName,
  machineDirectory,
  machineNames,
  makeStateDirectories,
  readRecord,
  writeRecord,
  type MachineImage,
  type MachineKind,
  type MachineRecord,
} from "./state.ts";
import { bootVm, enterVm, prepareVm, stopVm, vmProcess } from "./vm.ts";
import { waitFor } from "./wait-for.ts";

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

/** making: a process is at it; running: entered at will; stopped: its disk is there, its processes are not. */
export type MachineState = "making" | "running" | "stopped";

export interface ExecOptions {
  input?: string | Uint8Array;
  /** Milliseconds, after which the program is killed in the machine; ten minutes where nothing is said. */
  timeoutMs?: number;
  env?: Readonly<Record<string, string>>;
  /** Exit codes that are an answer rather than an error; [0] where nothing is said. */
  okCodes?: readonly number[];
  onLine?: (line: string) => void;
  signal?: AbortSignal;
}

/** A throw-away machine. `await using machine = await up(…)` takes it away at the end of the block. */
export interface Machine extends AsyncDisposable {
  readonly name: string;
  readonly kind: MachineKind;
  readonly image: MachineImage;
  /** The machine's port 80 as reachable from this machine, without a slash at the end. */
  readonly url: string;
  state(): Promise<MachineState>;
  /**
   * Runs a program in the machine as root, with /etc/environment, in /root, until its end.
   * @throws HomeroomError on an exit code that is not in okCodes, and after the time-out.
   */
  exec(argv: readonly string[], options?: ExecOptions): Promise<RunResult>;
  /** The argv that runs a program in the machine from here, for a terminal (see attach.ts). */
  command(argv: readonly string[], options?: { terminal?: boolean }): Promise<string[]>;
  /** Makes `to` in the machine what `from` is here: a file, or a directory whose content is added to. */
  copyIn(from: string, to: string): Promise<void>;
  copyOut(from: string, to: string): Promise<void>;
  /** Boots anew and waits until the machine is up. */
  reboot(): Promise<void>;
  /** Shuts down in good order; `up` with its name starts it again, `from` starts others from its disk. */
  powerOff(): Promise<void>;
  /** Pulls the plug and boots again: what the guest did not sync is lost. Virtual machines only. */
  powerCut(): Promise<void>;
  /** Takes the machine and all that belongs to it away. */
  down(): Promise<void>;
}

const defaultTimeoutMs = 600_000;

/** timeout(1) ends with this where the program ran out of time. */
const timedOut = 124;

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
    await boot(host, record, progress);
    delete record.makerPid;
    await writeRecord(host, record);
  } catch (error) {
    await takeAway(host, name);
    throw error;
  }
  return machine(host, record);
}

/**
 * The machine of that name, or the newest one.
 * @throws HomeroomError where there is none.
 */
export async function find(name?: string, host: Host = createHost()): Promise<Machine> {
  const machines = await records(host);
  const found = name === undefined ? machines.at(-1) : machines.find((record) => record.name === name);
  if (found !== undefined) return machine(host, found);
  throw new HomeroomError(
    name === undefined ? "There is no machine." : `There is no machine called ${name}.`,
    {
      remedy: "`homeroom sandbox list` shows the machines there are, `homeroom sandbox up` makes one.",
    },
  );
}

/** All machines, oldest first. */
export async function list(host: Host = createHost()): Promise<Machine[]> {
  return (await records(host)).map((record) => machine(host, record));
}

/** Takes every machine away, half-made and crashed ones too; answers with their names. Images stay. */
export async function downAll(host: Host = createHost()): Promise<string[]> {
  const names = await machineNames(host);
  for (const name of names) await takeAway(host, name);
  await removeAbandonedBuilds(host);
  return names;
}

function machine(host: Host, record: MachineRecord): Machine {
  const { name, kind, image, network } = record;
  const enter = async () => await (kind === "vm" ? enterVm(host, record) : enterContainer(host, name));
  const exec: Machine["exec"] = async (argv, options = {}) => {
    const { timeoutMs = defaultTimeoutMs, env = {}, ...rest } = options;
    const prefix = await enter();
    if (prefix.length === 0) throw notRunning(name);
    const guarded = ["timeout", "--kill-after=5s", `${Math.ceil(timeoutMs / 1000)}s`, ...argv];
    const result = await host.run([...prefix, ...guestArgv(kind, guarded, Object.keys(env))], {
      ...rest,
      okCodes: [...(options.okCodes ?? [0]), timedOut],
      timeoutMs: timeoutMs + 15_000,
      env: Object.fromEntries(Object.entries(env).map(([key, value]) => [`SANDBOX_${key}`, value])),
    });
    if (result.exitCode !== timedOut || options.okCodes?.includes(timedOut) === true) return result;
    throw new HomeroomError(
      `\`${argv.slice(0, 3).join(" ")}\` did not end within ${timeoutMs / 1000} s in ${name}.`,
      {
        remedy: `It was killed. \`homeroom sandbox shell ${name}\` shows what the machine is doing.`,
      },
    );
  };
  const self: Machine = {
    name,
    kind,
    image,
    url: urlOf(network),
    exec,
    state: async () => await stateOf(host, record),
    async command(argv, { terminal = false } = {}) {
      const prefix = await enter();
      if (prefix.length === 0) throw notRunning(name);
      if (kind === "vm")
        return [...prefix.toSpliced(1, 0, terminal ? "-t" : "-T"), ...guestArgv(kind, argv, [])];
      // The terminal of this machine is not one of the guest's: script(1) makes one there.
      const inTerminal = [
        "script",
        "--quiet",
        "--return",
        "--command",
        argv.map(quoted).join(" "),
        "/dev/null",
      ];
      return [...prefix, ...guestArgv(kind, terminal ? inTerminal : argv, [])];
    },
    copyIn: async (from, to) => await copyToMachine(host, await enter(), kind, from, to),
    copyOut: async (from, to) => await copyFromMachine(host, await enter(), kind, from, to),
    async reboot() {
      const before = await bootOf(host, record, exec);
      await exec(["systemctl", "reboot"], { timeoutMs: 30_000, okCodes: anyCode });
      const again = await waitFor(rebootTimeoutMs(kind), async () => {
        const now = await bootOf(host, record, exec).catch(() => undefined);
        return now === undefined || now === before ? undefined : now;
      });
      if (again === undefined) throw notUp(name);
      await settle(self, silent);
    },
    async powerOff() {
      await exec(["systemctl", "poweroff"], { timeoutMs: 30_000, okCodes: anyCode });
      const off = await waitFor(rebootTimeoutMs(kind), async () =>
        (await stateOf(host, record)) === "stopped" ? true : undefined,
      );
      if (off === undefined) {
        throw new HomeroomError(`The machine ${name} did not shut down in time.`, {
          remedy: `Its console is in ${machineDirectory(name)}/console.log.`,
        });
      }
    },
    async powerCut() {
      if (kind !== "vm") {
        throw new HomeroomError(
          "A container shares this machine's disk cache: a power cut would lose nothing.",
          {
            remedy: "Make a virtual machine for that: `homeroom sandbox up --vm`.",
          },
        );
      }
      await stopVm(host, name);
      await bootVm(host, record, silent);
      await settle(self, silent);
    },
    async down() {
      await refuseIfInUse(host, name);
      await takeAway(host, name);
    },
    [Symbol.asyncDispose]: async () => await takeAway(host, name),
  };
  return self;
}

const anyCode = Array.from({ length: 256 }, (_, code) => code);

async function boot(host: Host, record: MachineRecord, progress: Progress): Promise<void> {
  await (record.kind === "vm" ? bootVm(host, record, progress) : bootContainer(host, record, progress));
  await settle(machine(host, record), progress);
}

/** Waits until the guest's systemd has started what it starts; says which units failed. */
async function settle(machine: Machine, progress: Progress): Promise<void> {
  const { name } = machine;
  const answer = await waitFor(
    rebootTimeoutMs(machine.kind),
    async () => {
      const asked = await machine
        .exec(["systemctl", "is-system-running", "--wait"], {
          timeoutMs: 60_000,
          ...(progress.signal === undefined ? {} : { signal: progress.signal }),
          okCodes: anyCode,
        })
        .catch(() => undefined);
      const state = asked?.stdout.trim();
      return state === "running" || state === "degraded" ? state : undefined;
    },
    progress.signal,
  );
  if (answer === undefined) throw notUp(name);
  if (answer === "degraded") {
    const { stdout } = await machine.exec(["systemctl", "--failed", "--no-legend", "--plain"]);
    for (const line of stdout.trim().split("\n")) progress.report(`Failed in ${name}: ${line}`);
  }
}

/** Something that is another after each boot. */
async function bootOf(
  host: Host,
  { kind, name }: MachineRecord,
  exec: Machine["exec"],
): Promise<string | undefined> {
  if (kind === "container") return (await containerLeader(host, name))?.toString();
  return (await exec(["cat", "/proc/sys/kernel/random/boot_id"], { timeoutMs: 20_000 })).stdout;
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
  await boot(host, record, progress);
  return machine(host, record);
}

/** The machine to start others from. */
async function poweredOff(host: Host, name: string): Promise<MachineRecord> {
  const record = await readRecord(host, name);
  if (record !== undefined && (await stateOf(host, record)) === "stopped") return record;
  throw new HomeroomError(`There is no powered-off machine called ${name}.`, {
    remedy: `\`homeroom sandbox exec ${name} -- systemctl poweroff\` shuts one down.`,
  });
}

/** A disk that others are layered on must neither change nor go. */
async function refuseIfInUse(host: Host, name: string): Promise<void> {
  const users = (await records(host)).filter(({ from }) => from === name).map((record) => record.name);
  if (users.length === 0) return;
  throw new HomeroomError(`The disk of ${name} is in use: ${users.join(", ")} started from it.`, {
    remedy: `Take these away first: \`homeroom sandbox down ${users[0]}\`.`,
  });
}

async function stateOf(host: Host, record: MachineRecord): Promise<MachineState> {
  const { makerPid, kind, name } = record;
  if (makerPid !== undefined && (await host.stat(`/proc/${makerPid}`)) !== undefined) return "making";
  const process = kind === "vm" ? await vmProcess(host, name) : await containerLeader(host, name);
  return process === undefined ? "stopped" : "running";
}

/** Takes whatever there is of a machine away, however far its making came. */
async function takeAway(host: Host, name: string): Promise<void> {
  await stopContainer(host, name);
  await stopVm(host, name);
  await disconnectNetwork(host, name);
  await host.removeTree(machineDirectory(name));
}

async function records(host: Host): Promise<MachineRecord[]> {
  const all = await Promise.all((await machineNames(host)).map(async (name) => await readRecord(host, name)));
  return all.filter((record) => record !== undefined).toSorted((a, b) => a.createdMs - b.createdMs);
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

function urlOf(network: MachineRecord["network"]): string {
  if (network.mode === "own") {
    return network.port === undefined
      ? `http://${machineAddress(network)}`
      : `http://127.0.0.1:${network.port}`;
  }
  if (network.mode === "none") return "";
  return network.port === 80 ? "http://127.0.0.1" : `http://127.0.0.1:${network.port}`;
}

/**
 * Wraps a program so that it has a server's PATH and /etc/environment. Values of further variables come through
 * the environment under the name SANDBOX_…, never in an argument, where every account could read them.
 */
function guestArgv(kind: MachineKind, argv: readonly string[], names: readonly string[]): string[] {
  for (const name of names)
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new TypeError(`${name} is not a variable's name`);
  const wrapped = ["/bin/sh", "-c", environmentScript, "sandbox", names.join(" "), ...argv];
  return kind === "vm" ? [wrapped.map(quoted).join(" ")] : wrapped;
}

const environmentScript = `names=$1; shift
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
set -a; [ ! -r /etc/environment ] || . /etc/environment; set +a
for name in $names; do eval "export $name=\\"\\$SANDBOX_$name\\""; unset "SANDBOX_$name"; done
cd /root
exec "$@"`;

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function rebootTimeoutMs(kind: MachineKind): number {
  return kind === "vm" ? 300_000 : 90_000;
}

function notRunning(name: string): HomeroomError {
  return new HomeroomError(`The machine ${name} is not running.`, {
    remedy: `\`homeroom sandbox up ${name}\` starts it again.`,
  });
}

function notUp(name: string): HomeroomError {
  return new HomeroomError(`The machine ${name} did not come up in time.`, {
    remedy: `Its console is in ${machineDirectory(name)}/console.log.`,
  });
}
