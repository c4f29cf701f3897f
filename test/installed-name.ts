import { list } from "../installer/sandbox/machine.ts";
import type { MachineImage, MachineKind } from "../installer/sandbox/state.ts";

/** Its value is the process of the run, and all workers of the run inherit it. */
const variable = "HOMEROOM_TEST_RUN";

/**
 * The machine on which this run of the tests installs once. A run has its own, so nobody starts from what an older
 * build, or another checkout at the same time, has installed.
 */
export function installedName(kind: MachineKind, image: MachineImage): string {
  return `base-${process.env[variable] ?? process.pid}-${kind}-${image}`;
}

/** Names the run; called once, before its workers start. */
export function beginRun(): void {
  process.env[variable] = `${process.pid}`;
}

/** Takes away what this run has installed, and what runs that were killed have left. */
export async function removeInstalled(): Promise<void> {
  for (const machine of await list()) {
    const run = /^base-(?<pid>\d+)-/.exec(machine.name)?.groups?.["pid"];
    if (run !== undefined && (run === process.env[variable] || !isAlive(Number(run)))) {
      await machine[Symbol.asyncDispose]();
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
