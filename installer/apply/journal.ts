import type { Host, HostReader } from "../host/host.ts";
import type { JournalEntry, Task, TaskRecord, TaskState } from "./task.ts";

const folder = "/var/lib/homeroom/journal";

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
    await journal.record({ event: "task", task });
    return journal;
  }

  /** Goes on with the record of an interrupted task. */
  static async resume(host: Host, record: TaskRecord): Promise<Journal> {
    const journal = new Journal(host, record.task.id);
    journal.#line = (await readEntries(host, record.task.id)).length;
    journal.#torn = !(await readText(host, record.task.id)).endsWith("\n");
    return journal;
  }

  /** Appends one line and waits until it is on disk; lines of steps side by side never mix. */
  record(event: Event): Promise<void> {
    const entry = { line: this.#line, time: new Date().toISOString(), ...event };
    this.#line += 1;
    const written = this.#tail.then(() => this.#append(JSON.stringify(entry)));
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

/** Every task, oldest first. */
export async function listTasks(host: HostReader): Promise<TaskRecord[]> {
  const names = (await host.list(folder)).filter((name) => name.endsWith(".jsonl"));
  const records = await Promise.all(names.map((name) => readTask(host, name.slice(0, -".jsonl".length))));
  return records.filter((record) => record !== undefined);
}

/** One task as its journal tells it; undefined where there is none, or not even its first line arrived. */
export async function readTask(host: HostReader, id: string): Promise<TaskRecord | undefined> {
  const [first, ...rest] = await readEntries(host, id);
  if (first?.event !== "task") return undefined;
  const record: TaskRecord = {
    task: first.task,
    state: "running",
    steps: first.task.plan.steps.map(() => "queued"),
  };
  for (const entry of rest) {
    if (entry.event === "step") record.steps[entry.step] = entry.state;
    if (entry.event === "step" && entry.state === "error") record.error = entry.error;
    if (entry.event === "committed") record.generation = entry.generation;
    if (entry.event === "ended") {
      record.state = entry.state;
      record.ended = entry.time;
      if (entry.error !== undefined) record.error = entry.error;
    }
  }
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
  const names = (await host.list(folder)).filter((name) => name.endsWith(".jsonl"));
  if (names.length <= keep + slack) return false;
  let isChanged = false;
  for (const name of names.slice(0, -keep)) {
    const record = await readTask(host, name.slice(0, -".jsonl".length));
    if (record?.task.from === inUse && record.state !== "completed" && record.state !== "undone") continue;
    await host.remove(`${folder}/${name}`);
    isChanged = true;
  }
  return isChanged;
}

/** The newest task if it was interrupted (killed, power cut). */
export async function interruptedTask(host: HostReader): Promise<TaskRecord | undefined> {
  const names = (await host.list(folder)).filter((name) => name.endsWith(".jsonl"));
  const newest = names.at(-1);
  const record = newest === undefined ? undefined : await readTask(host, newest.slice(0, -".jsonl".length));
  return record?.state === ("running" satisfies TaskState) ? record : undefined;
}

/** A power cut or a full disk can leave half a line, which announces nothing that was done. */
async function readEntries(host: HostReader, id: string): Promise<JournalEntry[]> {
  return (await readText(host, id)).split("\n").flatMap((line) => {
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
