import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "../installer/sandbox/machine.ts";
import type { HubClient, Kernel } from "./hub-client.ts";
import { logIn } from "./log-in.ts";

/** One cell that somebody executed. */
export interface Cell {
  name: string;
  /** When it was begun, and how long it took: milliseconds, as performance.now() counts. */
  began: number;
  ms: number;
  /** Why it did not give what it should. */
  failure?: string;
}

/** A little arithmetic, as in a lesson on loops. */
const code = "sum(number * number for number in range(2000))";
const value = "2664667000";
/** Milliseconds from the beginning of one cell to that of the next, where the machine is as quick as that. */
const everyMs = 1000;
/** Milliseconds; an emulated machine takes its time. */
const slow = 10 * 60_000;

/** People who mind their own business, each executing a cell every second, while somebody else misbehaves. */
export class InnocentClass {
  readonly cells: Cell[] = [];
  readonly #ending = new AbortController();
  readonly #working: Promise<void>[];

  private constructor(kernels: ReadonlyMap<string, Kernel>) {
    this.#working = [...kernels].map(async ([name, kernel], place) => {
      // Not all at the same moment.
      await sleep((place * everyMs) / kernels.size);
      await this.#work(name, kernel);
    });
  }

  /** Logs everybody in, starts their servers and a kernel in each, and lets them work. */
  static async start(machine: Machine, names: readonly string[]): Promise<InnocentClass> {
    const kernels = new Map<string, Kernel>();
    const waiting = [...names];
    // As many at once as the machine has processors: more would only wait for each other.
    const openOneByOne = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const { kernel } = await openKernel(machine, name);
        kernels.set(name, kernel);
      }
    };
    await Promise.all([openOneByOne(), openOneByOne()]);
    return new InnocentClass(kernels);
  }

  /** Whoever was not served since a moment (performance.now()): a sentence for each cell that failed. */
  failuresSince(moment: number): string[] {
    return this.cells
      .filter(({ began, failure }) => began >= moment && failure !== undefined)
      .map(({ name, failure, ms }) => `${name} after ${Math.round(ms)} ms: ${failure}`);
  }

  /** Milliseconds that cells took which were begun between two moments. */
  times(from: number, to: number): number[] {
    return this.cells.filter(({ began }) => began >= from && began < to).map(({ ms }) => ms);
  }

  /** Waits until everybody has begun and ended a cell from now on. */
  async everybodyWorks(): Promise<void> {
    const now = performance.now();
    const everybody = this.#working.length;
    const served = () => new Set(this.cells.filter(({ began }) => began >= now).map(({ name }) => name)).size;
    while (served() < everybody) await sleep(100);
  }

  /** Lets everybody finish their cell; servers and kernels go on. */
  async end(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#working);
  }

  async #work(name: string, kernel: Kernel): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const began = performance.now();
      const answer = await kernel.run(code, slow).catch((error: unknown) => String(error));
      const ms = performance.now() - began;
      this.cells.push({ name, began, ms, ...(answer === value ? {} : { failure: answer }) });
      await sleep(Math.max(0, everyMs - ms));
    }
  }
}

/** Somebody with a server and a kernel. */
export async function openKernel(
  machine: Machine,
  name: string,
): Promise<{ client: HubClient; kernel: Kernel }> {
  const client = await logIn(machine, name);
  await client.startServer(name, slow);
  const kernel = await client.kernel(name);
  await kernel.run("None", slow);
  return { client, kernel };
}
