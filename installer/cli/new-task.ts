import type { Task } from "../apply/task.ts";

/** A task of this moment; its id sorts by time, to the millisecond. */
export function newTask(parts: Omit<Task, "id" | "started">): Task {
  const started = new Date().toISOString();
  const id = started.replaceAll(/[-:Z]/g, "").replaceAll(/[T.]/g, "-");
  return { id, started, ...parts };
}
