import type { Host, HostReader } from "../host/host.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import type { Resource } from "../resources/resource.ts";
import { interruptedTask, Journal, readTask, tasksSince } from "./journal.ts";
import { takeBack, type TaskEvents } from "./perform-task.ts";
import { sweepTemporaries } from "./sweep-temporaries.ts";
import type { TaskRecord } from "./task.ts";

export interface Recovery {
  task: TaskRecord;
  /** "kept": it goes on where it stopped: before a first install there is nothing to go back to, nor after an uninstall began. */
  outcome: "undone" | "error" | "kept" | "was-committed";
}

/** Kinds that systemd itself brings up after the recovery when the machine boots. */
const startedBySystemd = new Set(["service", "socket", "proxy", "timer"]);

export interface RecoverOptions {
  /** Before the hub has started: services are left to systemd. */
  booting: boolean;
  /** The generation in use, 0 before there is one: where its pointer moved, the task was done. */
  inUse: number;
}

/** Finishes or undoes the task that a crash interrupted, if there is one. */
export async function recover(
  host: Host,
  events: TaskEvents,
  { booting, inUse }: RecoverOptions,
): Promise<Recovery | undefined> {
  const record = await interruptedTask(host);
  if (record === undefined) return undefined;
  const journal = await Journal.resume(host, record);
  await sweepTemporaries(host, record.task.plan.steps);
  if (inUse !== record.task.from) {
    if (record.generation === undefined) await journal.record({ event: "committed", generation: inUse });
    await journal.record({ event: "ended", state: "completed" });
    return { task: record, outcome: "was-committed" };
  }
  if (record.task.from === 0 || record.task.forwardOnly === true) {
    await journal.record({ event: "ended", state: "error", error: "interrupted" });
    return { task: record, outcome: "kept" };
  }
  const begun = begunSteps(record).filter((step) => !(booting && startedBySystemd.has(step.kind)));
  const outcome = await takeBack(host, journal, begun, events);
  await journal.record({ event: "ended", state: outcome, error: "interrupted" });
  return { task: record, outcome };
}

/**
 * What tasks since a generation wrote and did not take back: like the generation's own manifest it proves
 * what is ours.
 */
export async function writtenSince(host: HostReader, generation: number): Promise<Resource[]> {
  const unfinished = (await tasksSince(host, generation)).filter(
    ({ state }) => state !== "completed" && state !== "undone",
  );
  const records = await Promise.all(unfinished.map(({ task }) => readTask(host, task.id)));
  return records.flatMap((record) =>
    (record === undefined ? [] : begunSteps(record))
      .filter((step) => step.after !== undefined)
      .map(({ kind, id, after, uses }) => ({ kind, id, state: after, needs: uses })),
  );
}

/** The plans of removals that did not come to their end: what they name was to go, done or not. */
export async function unfinishedRemovals(host: HostReader, generation: number): Promise<Plan[]> {
  const unfinished = (await tasksSince(host, generation)).filter(({ task }) => task.forwardOnly === true);
  const records = await Promise.all(unfinished.map(({ task }) => readTask(host, task.id)));
  return records.flatMap((record) => (record === undefined ? [] : [record.task.plan]));
}

function begunSteps({ task, steps }: TaskRecord): PlannedStep[] {
  return task.plan.steps.filter(({ number }) => {
    const state = steps[number];
    return state !== undefined && state !== "queued" && state !== "undone";
  });
}
