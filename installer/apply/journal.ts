import type { Host, HostReader } from "../host/host.ts";
import type { JournalEntry, Task, TaskHead, TaskRecord, TaskState, TaskSummary } from "./task.ts";

const folder = "/var/lib/homeroom/journal";
/** Bytes of a record that hold its first line, and its last ones, wherever they are not unusually long. */
const endBytes = 8 * 1024;

type Event = JournalEntry extends infer Entry
  ? Entry extends JournalEntry
    ? Omit<Entry, "line" | "time">
    : never
  : never;

/** The append-only, numbered, write-ahead record of one task: every line is on disk before what it announces. */
export class Journal {
  readonly #host: Host;
  readonly #path: string;
  #line = 0;
  /** The last line is not whole: the next one starts on a line of its own. */
  #torn = false;
  #tail: Promise<void> = Promise.resolve();

  private constructor(host: Host, id: string) {
    this.#host = host;
    this.#path = pathOf(id);
  }

  /** Starts the record of a task; its plan is on disk when this returns. */
  static async begin(host: Host, task: Task): Promise<Journal> {
    await host.makeDirectory(folder, { mode: 0o700, uid: 0, gid: 0 });
    const journal = new Journal(host, task.id);
    const { plan, ...head } = task;
    await journal.record(
      { event: "task", task: { ...head, steps: plan.steps.length } },
      { event: "plan", plan },
    );
    return journal;
  }

  /** Goes on with the record of an interrupted task. */
  static async resume(host: Host, record: TaskRecord): Promise<Journal> {
    const journal = new Journal(host, record.task.id);
    const text = await readText(host, record.task.id);
    journal.#line = entriesIn(text).length;
    journal.#torn = !text.endsWith("\n");
    return journal;
  }

  /** Appends lines and waits until they are on disk; those of steps side by side never mix. */
  record(...events: readonly Event[]): Promise<void> {
    const time = new Date().toISOString();
    const lines = events.map((event) => JSON.stringify({ line: this.#line++, time, ...event }));
    const written = this.#tail.then(() => this.#append(lines.join("\n")));
    // What one line fails for may be over by the next.
    this.#tail = written.catch(() => undefined);
    return written;
  }

  async #append(line: string): Promise<void> {
    const start = this.#torn ? "\n" : "";
    this.#torn = true;
    await this.#host.append(this.#path, `${start}${line}`, { mode: 0o600 });
    this.#torn = false;
  }
}

/** Every task, oldest first, by the ends of its record alone. */
export async function listTasks(host: HostReader): Promise<TaskSummary[]> {
  const summaries = await Promise.all((await listTaskIds(host)).map((id) => readSummary(host, id)));
  return summaries.filter((summary) => summary !== undefined);
}

/** The tasks that started from a generation, oldest first; older records are not even opened. */
export async function tasksSince(host: HostReader, generation: number): Promise<TaskSummary[]> {
  const found: TaskSummary[] = [];
  for (const id of (await listTaskIds(host)).toReversed()) {
    const summary = await readSummary(host, id);
    if (summary !== undefined && summary.task.from < generation) break;
    if (summary?.task.from === generation) found.push(summary);
  }
  return found.toReversed();
}

/** Ids of all tasks, oldest first. */
export async function listTaskIds(host: HostReader): Promise<string[]> {
  const names = await host.list(folder);
  return names.flatMap((name) => (name.endsWith(".jsonl") ? [name.slice(0, -".jsonl".length)] : []));
}

/** The newest task; undefined where there is none. */
export async function newestTask(host: HostReader): Promise<TaskSummary | undefined> {
  const newest = (await listTaskIds(host)).at(-1);
  return newest === undefined ? undefined : readSummary(host, newest);
}

async function readSummary(host: HostReader, id: string): Promise<TaskSummary | undefined> {
  const ends = await host.readEnds(pathOf(id), endBytes);
  if (ends === undefined) return undefined;
  const [head, tail] = [entriesIn(ends.head.toString("utf8")), entriesIn(ends.tail.toString("utf8"))];
  // A line may be longer than what was read.
  const whole = head.length === 0 || tail.length === 0 ? entriesIn(await readText(host, id)) : undefined;
  const [first] = whole ?? head;
  return first?.event === "task" ? summaryOf(first.task, whole ?? tail) : undefined;
}

/** What entries say of a task's end. */
function summaryOf(task: TaskHead, entries: readonly JournalEntry[]): TaskSummary {
  const summary: TaskSummary = { task, state: "running" };
  for (const entry of entries) {
    if (entry.event === "step" && entry.state === "error") summary.error = entry.error;
    if (entry.event === "committed") summary.generation = entry.generation;
    if (entry.event === "ended") {
      summary.state = entry.state;
      summary.ended = entry.time;
      if (entry.error !== undefined) summary.error = entry.error;
    }
  }
  return summary;
}

/** One task as its journal tells it; undefined where there is none, or not even its first line arrived. */
export async function readTask(host: HostReader, id: string): Promise<TaskRecord | undefined> {
  const entries = entriesIn(await readText(host, id));
  const [first, second] = entries;
  if (first?.event !== "task") return undefined;
  // Without its second line the record announces no step.
  const plan = second?.event === "plan" ? second.plan : { version: 1 as const, steps: [], drift: [] };
  const {
    task: { steps: _count, ...head },
    ...outcome
  } = summaryOf(first.task, entries);
  const record: TaskRecord = { task: { ...head, plan }, ...outcome, steps: plan.steps.map(() => "queued") };
  for (const entry of entries) if (entry.event === "step") record.steps[entry.step] = entry.state;
  return record;
}

/**
 * Once there are `slack` more than the number to keep, removes the oldest tasks. One that did not come to its end
 * still proves what it wrote since the generation in use, and stays.
 * @returns whether there were any.
 */
export async function removeOldTasks(
  host: Host,
  { keep, slack, inUse }: { keep: number; slack: number; inUse: number },
): Promise<boolean> {
  const ids = await listTaskIds(host);
  if (ids.length <= keep + slack) return false;
  let isChanged = false;
  for (const id of ids.slice(0, -keep)) {
    const summary = await readSummary(host, id);
    if (summary?.task.from === inUse && summary.state !== "completed" && summary.state !== "undone") continue;
    await host.remove(pathOf(id));
    isChanged = true;
  }
  return isChanged;
}

/** The newest task if it was interrupted (killed, power cut). */
export async function interruptedTask(host: HostReader): Promise<TaskRecord | undefined> {
  const newest = await newestTask(host);
  if (newest?.state !== ("running" satisfies TaskState)) return undefined;
  const record = await readTask(host, newest.task.id);
  return record?.state === ("running" satisfies TaskState) ? record : undefined;
}

/** A power cut or a full disk can leave half a line, which announces nothing that was done. */
function entriesIn(text: string): JournalEntry[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as JournalEntry];
    } catch {
      return [];
    }
  });
}

async function readText(host: HostReader, id: string): Promise<string> {
  return (await host.read(pathOf(id)))?.toString("utf8") ?? "";
}

function pathOf(id: string): string {
  return `${folder}/${id}.jsonl`;
}
