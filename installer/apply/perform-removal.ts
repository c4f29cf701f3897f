import { HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { Journal } from "./journal.ts";
import type { TaskEvents } from "./perform-task.ts";
import { runSteps } from "./run-steps.ts";
import type { Task } from "./task.ts";

export interface RemovalParts {
  task: Task;
  events: TaskEvents;
  signal: AbortSignal;
  /** What no step names; the journal is gone after it. */
  afterwards: () => Promise<void>;
}

/**
 * Runs the steps of an uninstall. It only goes forward: what fails or is interrupted is finished by another run,
 * never taken back.
 * @throws HomeroomError with what is left to do.
 */
export async function performRemoval(
  host: Host,
  { task, events, signal, afterwards }: RemovalParts,
): Promise<void> {
  // Killed at its end, an earlier one may have taken the journal's own place away; by then no step is left.
  if (task.plan.steps.length === 0) return afterwards();
  const journal = await Journal.begin(host, task);
  try {
    await runSteps(host, task.plan.steps, {
      signal,
      keepGoing: true,
      events: {
        async started(step) {
          await journal.record({ event: "step", step: step.number, state: "started" });
          events.step(step, "started");
        },
        async completed(step, milliseconds) {
          await journal.record({ event: "step", step: step.number, state: "completed" });
          events.step(step, "completed", milliseconds);
        },
        async failed(step, error) {
          await journal.record({ event: "step", step: step.number, state: "error", error: String(error) });
          events.step(step, "error");
        },
        said: (step, line) => events.said(step, line),
      },
    });
    signal.throwIfAborted();
  } catch (error) {
    const stopped = signal.aborted;
    const state = stopped ? "cancelled" : "error";
    await journal.record({ event: "ended", state, error: String(error) });
    throw new HomeroomError(
      stopped ? "The removal was stopped in the middle." : "Not everything could be removed.",
      {
        remedy:
          `${reasons(error)}\nRun \`sudo homeroom uninstall\` again to finish it, or \`sudo homeroom install\` to have the hub back.`.trim(),
        cause: error,
      },
    );
  }
  await afterwards();
}

function reasons(error: unknown): string {
  const all: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return all
    .map((one) => (one instanceof HomeroomError ? `${one.message} ${one.remedy}` : String(one)))
    .join("\n");
}
