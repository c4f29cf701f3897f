import { HomeroomError } from "../errors.ts";
import type { Host, RunResult } from "../host/host.ts";
import { bootContainer, containerLeader, enterContainer, stopContainer } from "./container.ts";
import { copyFromMachine, copyToMachine } from "./copy.ts";
import { guestArgv, quoted } from "./guest-argv.ts";
import { disconnectNetwork, machineAddress } from "./network.ts";
import { silent, type Progress } from "./progress.ts";
import {
  machineDirectory,
  records,
  type MachineImage,
  type MachineKind,
  type MachineRecord,
} from "./state.ts";
import { bootVm, enterVm, stopVm, vmProcess } from "./vm.ts";
import { waitFor } from "./wait-for.ts";

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

/** The machine of that record, as it is at each moment; nothing is started. */
export function openMachine(host: Host, record: MachineRecord): Machine {
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

/** Boots the machine and waits until it is up. */
export async function bootMachine(host: Host, record: MachineRecord, progress: Progress): Promise<void> {
  await (record.kind === "vm" ? bootVm(host, record, progress) : bootContainer(host, record, progress));
  await settle(openMachine(host, record), progress);
}

export async function stateOf(host: Host, record: MachineRecord): Promise<MachineState> {
  const { makerPid, kind, name } = record;
  if (makerPid !== undefined && (await host.stat(`/proc/${makerPid}`)) !== undefined) return "making";
  const process = kind === "vm" ? await vmProcess(host, name) : await containerLeader(host, name);
  return process === undefined ? "stopped" : "running";
}

/** Takes whatever there is of a machine away, however far its making came. */
export async function takeAway(host: Host, name: string): Promise<void> {
  await stopContainer(host, name);
  await stopVm(host, name);
  await disconnectNetwork(host, name);
  await host.removeTree(machineDirectory(name));
}

/** A disk that others are layered on must neither change nor go. */
export async function refuseIfInUse(host: Host, name: string): Promise<void> {
  const users = (await records(host)).filter(({ from }) => from === name).map((record) => record.name);
  if (users.length === 0) return;
  throw new HomeroomError(`The disk of ${name} is in use: ${users.join(", ")} started from it.`, {
    remedy: `Take these away first: \`homeroom sandbox down ${users[0]}\`.`,
  });
}

const anyCode = Array.from({ length: 256 }, (_, code) => code);

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

function urlOf(network: MachineRecord["network"]): string {
  if (network.mode === "own") {
    return network.port === undefined
      ? `http://${machineAddress(network)}`
      : `http://127.0.0.1:${network.port}`;
  }
  if (network.mode === "none") return "";
  return network.port === 80 ? "http://127.0.0.1" : `http://127.0.0.1:${network.port}`;
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
