import type { TaskEvents } from "../apply/perform-task.ts";
import type { StepState } from "../apply/task.ts";
import type { Host } from "../host/host.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import { narrate } from "./context.ts";
import { ProgressFile } from "./progress-file.ts";
import { groupOf, groupTitles, type StepGroup } from "./step-groups.ts";
import { TaskLog } from "./task-log.ts";

export interface TaskDisplay {
  events: TaskEvents;
  /** From here on the front door shows the hub. */
  endProgressPage(): Promise<void>;
  /** Draws the last state and gives the terminal back. */
  end(): Promise<void>;
}

/** One line of the display, made of all steps of a group. */
export interface DisplayLine {
  group: StepGroup;
  title: string;
  /** Settled when the last step of the group is. */
  done: Promise<void>;
}

/** Where lines are drawn: listr2 on a terminal, plain lines elsewhere. */
export interface Drawing {
  started(line: DisplayLine): void;
  finished(line: DisplayLine, failed: boolean, milliseconds: number): void;
  said(line: DisplayLine, words: string): void;
  end(): Promise<void>;
}

interface Group extends DisplayLine {
  left: number;
  began: number | undefined;
  failed: boolean;
  settle: () => void;
}

/** Shows a task's steps as a few named lines with times; everything is also in the log file. */
export async function showTask(
  host: Host,
  plan: Plan,
  command: string,
  { progressPage, health: withHealth }: { progressPage: boolean; health: boolean },
): Promise<TaskDisplay> {
  const groups = groupsOf(plan, withHealth);
  const [log, drawing] = await Promise.all([TaskLog.open(host, command), drawingFor([...groups.values()])]);
  const names = [...groups.values()].map(({ title }) => title);
  const progress = await ProgressFile.begin(progressPage ? host : undefined, names);

  const begin = (group: Group): void => {
    if (group.began !== undefined) return;
    group.began = performance.now();
    drawing.started(group);
    progress.set(group.title, "started");
  };
  const finish = (group: Group): void => {
    const milliseconds = performance.now() - (group.began ?? performance.now());
    drawing.finished(group, group.failed, milliseconds);
    progress.set(group.title, group.failed ? "error" : "completed", milliseconds);
    group.settle();
  };
  const groupFor = (step: PlannedStep): Group | undefined => groups.get(groupOf(step));

  return {
    events: {
      step(step, state: StepState, milliseconds) {
        log.step(step, state, milliseconds);
        const group = groupFor(step);
        if (group === undefined || state === "undone") return;
        if (state === "started") return begin(group);
        group.left -= 1;
        group.failed ||= state === "error";
        if (group.left === 0 || group.failed) finish(group);
      },
      said(step, line) {
        log.said(step, line);
        const group = groupFor(step);
        if (group !== undefined) drawing.said(group, line);
      },
      phase(phase) {
        log.phase(phase);
        const health = groups.get("health");
        if (phase === "health" && health !== undefined) begin(health);
        if (phase === "commit" && health !== undefined) finish(health);
        if (phase === "undo") {
          for (const group of groups.values()) {
            if (group.began === undefined || group.left > 0) group.settle();
          }
          if (health?.began !== undefined) {
            health.failed = true;
            finish(health);
          }
          narrate("Taking back what was begun …");
        }
      },
    },
    endProgressPage: () => progress.remove(),
    async end() {
      for (const group of groups.values()) group.settle();
      await drawing.end();
      await progress.remove();
      log.close();
    },
  };
}

function groupsOf(plan: Plan, withHealth: boolean): Map<StepGroup, Group> {
  const counts = new Map<StepGroup, number>();
  for (const step of plan.steps) counts.set(groupOf(step), (counts.get(groupOf(step)) ?? 0) + 1);
  if (withHealth) counts.set("health", 1);
  const groups = new Map<StepGroup, Group>();
  for (const [group, title] of Object.entries(groupTitles) as [StepGroup, string][]) {
    const left = counts.get(group);
    if (left === undefined) continue;
    const { promise, resolve } = Promise.withResolvers<void>();
    groups.set(group, {
      group,
      title,
      left,
      began: undefined,
      failed: false,
      done: promise,
      settle: resolve,
    });
  }
  return groups;
}

async function drawingFor(lines: readonly DisplayLine[]): Promise<Drawing> {
  // A terminal that does not know its width cannot be drawn on.
  if (process.stderr.isTTY && process.stderr.columns > 0)
    return (await import("./draw-on-terminal.ts")).drawOnTerminal(lines);
  return plainLines();
}

function plainLines(): Drawing {
  return {
    started: ({ title }) => narrate(`${title} …`),
    finished: ({ title }, failed, ms) =>
      narrate(`${failed ? "Failed: " : ""}${title}: ${(ms / 1000).toFixed(1)} s`),
    said: () => undefined,
    end: async () => undefined,
  };
}
