import type { Host } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { undoPlan } from "../plan/undo-plan.ts";
import { keepBlob } from "../resources/blobs.ts";
import { Journal } from "./journal.ts";
import { runSteps } from "./run-steps.ts";
import type { StepState, Task } from "./task.ts";

/** What a person is shown while a task runs. */
export interface TaskEvents {
  step(step: PlannedStep, state: StepState, milliseconds?: number): void;
  said(step: PlannedStep, line: string): void;
  phase(phase: "health" | "commit" | "undo"): void;
}

export interface TaskParts {
  task: Task;
  /** Contents of the desired files by hash. */
  contents: ReadonlyMap<string, string | Uint8Array>;
  /** Throws HomeroomError where the machine is not healthy after the steps. */
  health: () => Promise<void>;
  /** Makes the generation and moves the pointer to it; returns its number. */
  commit: () => Promise<number>;
  events: TaskEvents;
  signal: AbortSignal;
}

/**
 * Runs a task from its plan to the committed generation: contents, journal, steps, health, commit. Whatever
 * fails before the commit is taken back in the reverse order, and the error says so.
 * @throws the error of the step or of the health check, with what was done about it in its remedy.
 */
export async function performTask(host: Host, parts: TaskParts): Promise<number> {
  const { task, contents, events, signal } = parts;
  await makeStateFolders(host);
  for (const content of contents.values()) await keepBlob(host, content);
  const journal = await Journal.begin(host, task);
  const begun = new Set<PlannedStep>();
  let generation: number;
  try {
    await runSteps(host, task.plan.steps, {
      signal,
      events: {
        async started(step) {
          begun.add(step);
          await journal.record({ event: "step", step: step.number, state: "started" });
          events.step(step, "started");
        },
        async completed(step, milliseconds) {
          await journal.record({ event: "step", step: step.number, state: "completed" });
          events.step(step, "completed", milliseconds);
        },
        async failed(step, error) {
          await journal.record({ event: "step", step: step.number, state: "error", error: wordsOf(error) });
          events.step(step, "error");
        },
        said: (step, line) => events.said(step, line),
      },
    });
    events.phase("health");
    await parts.health();
    signal.throwIfAborted();
    events.phase("commit");
    generation = await parts.commit();
  } catch (error) {
    events.phase("undo");
    const undone = await takeBack(host, journal, [...begun], events);
    const state = signal.aborted && undone === "undone" ? "cancelled" : undone;
    // Without this line the next command takes everything back once more; what failed first is what to tell.
    await journal.record({ event: "ended", state, error: wordsOf(error) }).catch(() => undefined);
    throw withOutcome(error, task, undone);
  }
  // The generation is in use: nothing that fails from here on may take it back.
  await journal.record({ event: "committed", generation });
  await journal.record({ event: "ended", state: "completed" });
  return generation;
}

/** Undoes steps that were begun, in reverse; collects every error instead of stopping at the first. */
export async function takeBack(
  host: Host,
  journal: Journal,
  begun: readonly PlannedStep[],
  events: TaskEvents,
): Promise<"undone" | "error"> {
  const { steps } = undoPlan(begun);
  const numbers = new Map(begun.map((step) => [`${step.kind}:${step.id}`, step]));
  const original = (step: PlannedStep) => numbers.get(`${step.kind}:${step.id}`) ?? step;
  try {
    await runSteps(host, steps, {
      // An undo is never cut short by an impatient Ctrl-C: half-undone is the state we promise not to leave.
      signal: new AbortController().signal,
      keepGoing: true,
      events: {
        started: async () => undefined,
        async completed(step) {
          await journal.record({ event: "step", step: original(step).number, state: "undone" });
          events.step(original(step), "undone");
        },
        async failed(step, error) {
          const words = `undo: ${wordsOf(error)}`;
          await journal.record({ event: "step", step: original(step).number, state: "error", error: words });
          events.step(original(step), "error");
        },
        said: (step, line) => events.said(step, line),
      },
    });
    return "undone";
  } catch {
    return "error";
  }
}

/** An error in one line with its remedy, as the journal keeps it. */
function wordsOf(error: unknown): string {
  return error instanceof HomeroomError ? `${error.message}\n${error.remedy}` : String(error);
}

async function makeStateFolders(host: Host): Promise<void> {
  const root = { uid: 0, gid: 0 };
  await host.makeDirectory("/var/lib/homeroom", { mode: 0o755, ...root });
  await host.makeDirectory("/var/lib/homeroom/blobs", { mode: 0o700, ...root });
}

function withOutcome(error: unknown, task: Task, undone: "undone" | "error"): unknown {
  if (!(error instanceof HomeroomError)) return error;
  const outcome =
    undone === "error"
      ? `Not everything could be taken back: \`homeroom tasks show ${task.id}\` lists what.`
      : task.from === 0
        ? "Everything that was begun was taken back; what was downloaded is kept, so the next try is quicker."
        : `Everything was taken back: generation ${task.from} is in use as before.`;
  return new HomeroomError(error.message, {
    remedy: `${error.remedy}\n${outcome}`,
    exitCode: error.exitCode,
    cause: error,
  });
}
