import type { Plan } from "../plan/plan.ts";
import type { StepNumber } from "../resources/resource.ts";

export type StepState = "queued" | "started" | "completed" | "error" | "undone";

/** How a task ended; a task without an end was interrupted. */
export type TaskState = "running" | "completed" | "undone" | "error" | "cancelled";

/** One run of a plan: who, what, when. */
export interface Task {
  /** Sorts by time, to the millisecond: "20261122-093015-042". */
  id: string;
  command: string;
  /** The account that asked for it (before sudo). */
  who: string;
  /** ISO 8601, UTC. */
  started: string;
  /** The release whose program runs it, and knows every kind of its steps; older records lack it. */
  release?: string;
  /** The generation that it starts from (0 where there is none yet). */
  from: number;
  /** What differs in config and roster from that generation, in words; secrets are hidden. */
  changes: string[];
  /** It is never taken back, only finished (an uninstall). */
  forwardOnly?: true;
  plan: Plan;
}

/** A task without its plan, which may be large. */
export interface TaskHead extends Omit<Task, "plan"> {
  /** How many steps the plan has. */
  steps: number;
}

/** One line of the journal. The number within the file rises by one a line. */
export type JournalEntry = { line: number; time: string } & (
  | { event: "task"; task: TaskHead }
  | { event: "plan"; plan: Plan }
  | { event: "step"; step: StepNumber; state: "started" | "completed" | "undone" }
  | { event: "step"; step: StepNumber; state: "error"; error: string }
  | { event: "committed"; generation: number }
  | { event: "ended"; state: Exclude<TaskState, "running">; error?: string }
);

/** How a task went. */
interface TaskOutcome {
  state: TaskState;
  /** What failed, in the words of the error. */
  error?: string;
  generation?: number;
  ended?: string;
}

/** A task as the ends of its journal tell it. */
export interface TaskSummary extends TaskOutcome {
  task: TaskHead;
}

/** A task as its whole journal tells it. */
export interface TaskRecord extends TaskOutcome {
  task: Task;
  steps: StepState[];
}
