import type { Host } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { isAsWanted, kindOf } from "../resources/kinds.ts";
import type { Progress, StepNumber } from "../resources/resource.ts";

export interface StepEvents {
  /** Awaited before the step does anything: the journal has it on disk by then. */
  started(step: PlannedStep): Promise<void>;
  completed(step: PlannedStep, milliseconds: number): Promise<void>;
  failed(step: PlannedStep, error: unknown): Promise<void>;
  /** A line of a long step (a download, apt's output). */
  said(step: PlannedStep, line: string): void;
}

export interface RunStepsOptions {
  events: StepEvents;
  /** Once aborted, no further step starts. */
  signal: AbortSignal;
  /** Goes on past failures and throws all of them at the end: an undo takes back what it can. */
  keepGoing?: boolean;
}

/**
 * Runs steps as soon as what they need is completed, independent ones side by side. After a failure, or
 * once `signal` is aborted, no further step starts and those at work are waited for.
 * @throws the first step's error; or HomeroomError where it was cancelled.
 */
export async function runSteps(
  host: Host,
  steps: readonly PlannedStep[],
  { events, signal, keepGoing = false }: RunStepsOptions,
): Promise<void> {
  const waiting = new Set(steps);
  const completed = new Set<StepNumber>();
  const busy = new Set<string>();
  const atWork = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const known = new Set(steps.map(({ number }) => number));

  const start = (batch: PlannedStep[], exclusive: string | undefined): void => {
    for (const step of batch) waiting.delete(step);
    if (exclusive !== undefined) busy.add(exclusive);
    const work = runBatch(host, batch, events, signal)
      .then(() => batch.forEach((step) => completed.add(step.number)))
      .catch((error: unknown) => {
        failures.push(error);
        if (keepGoing) batch.forEach((step) => completed.add(step.number));
      })
      .finally(() => {
        if (exclusive !== undefined) busy.delete(exclusive);
        atWork.delete(work);
      });
    atWork.add(work);
  };

  while (true) {
    if ((failures.length === 0 || keepGoing) && !signal.aborted) {
      const ready = [...waiting].filter(({ needs }) => needs.every((n) => completed.has(n) || !known.has(n)));
      for (const batch of batches(ready)) {
        const exclusive = batch[0] === undefined ? undefined : kindOf(batch[0].kind).exclusive;
        if (exclusive === undefined || !busy.has(exclusive)) start(batch, exclusive);
      }
    }
    if (atWork.size === 0) break;
    await Promise.race(atWork);
  }
  if (failures.length > 1 && keepGoing) throw new AggregateError(failures, "several steps failed");
  if (failures.length > 0) throw failures[0];
  if (signal.aborted && waiting.size > 0) {
    throw new HomeroomError("Cancelled between two steps.", {
      remedy: "Run the same command again to go on.",
      exitCode: 130,
    });
  }
}

/** Ready steps of a kind that can do many at once go together; all others go by themselves. */
function batches(ready: readonly PlannedStep[]): PlannedStep[][] {
  const groups = Map.groupBy(ready, (step) =>
    kindOf(step.kind).writeMany === undefined ? step.number : step.kind,
  );
  return [...groups.values()];
}

async function runBatch(
  host: Host,
  batch: readonly PlannedStep[],
  events: StepEvents,
  signal: AbortSignal,
): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  const kind = kindOf(first.kind);
  const progress: Progress = { report: (line) => events.said(first, line), signal };
  const began = performance.now();
  try {
    for (const step of batch) {
      await kind.preserve?.(host, step.id);
      await events.started(step);
    }
    if (kind.writeMany !== undefined && batch.length > 1) {
      await kind.writeMany(
        host,
        batch.map(({ id, after }) => ({ id, state: after })),
        progress,
      );
    } else {
      await kind.write(host, first.id, first.after, progress);
    }
    for (const step of batch) await check(host, step);
    for (const step of batch) await events.completed(step, performance.now() - began);
  } catch (error) {
    for (const step of batch) await events.failed(step, error);
    throw error;
  }
}

/** To check a step is to read and compare. What was removed may still wind down (a draining service). */
async function check(host: Host, step: PlannedStep): Promise<void> {
  if (step.after === undefined) return;
  const is = await kindOf(step.kind).read(host, step.id);
  if (isAsWanted(step.kind, is, step.after)) return;
  throw new HomeroomError(`${step.kind} ${step.id} is not as it should be after the step that wrote it.`, {
    remedy: `It should be ${JSON.stringify(step.after)} and is ${JSON.stringify(is) ?? "not there"}. Something else on this machine changes it.`,
  });
}
