import type { Plan } from "../plan/plan.ts";
import type { StepNumber } from "../resources/resource.ts";

export type StepState = "queued" | "started" | "completed" | "error" | "undone";

/** How a task ended; a task without an end was interrupted. */
export type TaskState = "running" | "completed" | "undone" | "error" | "cancelled";

/** One run of a plan: who, what, when. */
export interface Task {
  /** Sorts by time: "20261122-093015-4711". */
  id: string;
  command: string;
  /** The account that asked for it (before sudo). */
  who: string;
  /** ISO 8601, UTC. */
  started: string;
  /** The generation that it starts from (0 where there is none yet). */
  from: number;
  plan: Plan;
}

/** One line of the journal. The number within the file rises by one a line. */
export type JournalEntry = { line: number; time: string } & (
  | { event: "task"; task: Task }
  | { event: "step"; step: StepNumber; state: "started" | "completed" | "undone" }
  | { event: "step"; step: StepNumber; state: "error"; error: string }
  | { event: "committed"; generation: number }
  | { event: "ended"; state: Exclude<TaskState, "running">; error?: string }
);

/** A task as its journal tells it. */
export interface TaskRecord {
  task: Task;
  state: TaskState;
  steps: StepState[];
  /** What failed, in the words of the error. */
  error?: string;
  generation?: number;
  ended?: string;
}
