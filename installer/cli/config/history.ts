import { listTasks } from "../../apply/journal.ts";
import { currentGeneration, listGenerations, readGeneration } from "../../generations/generations.ts";
import type { HostReader } from "../../host/host.ts";
import { alignColumns } from "../align-columns.ts";
import { hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { describeChanges, readKept, type Asked } from "../describe-changes.ts";

interface HistoryEntry {
  /** Null where the apply was taken back. */
  generation: number | null;
  /** When it began; ISO 8601, UTC. */
  created: string;
  who: string;
  release: string | null;
  /** In use now. */
  current: boolean;
  healthy: boolean;
  /** What differs from the generation before. */
  changes: string[];
  /** Why it was taken back. */
  error?: string;
}

/** `homeroom config history`: every generation, and every apply that was taken back, with what it changed. */
export async function showHistory(options: GlobalOptions & { json?: true }): Promise<void> {
  requireRoot(options);
  const entries = await readHistory(hostOf(options));
  if (options.json) return printJson(entries);
  if (entries.length === 0) return narrate("No generation yet: nothing was ever installed to the end here.");
  print(alignColumns(entries.map(columnsOf)));
}

function columnsOf({ generation, created, who, current, healthy, changes, error }: HistoryEntry): string[] {
  const words = changes.join("; ");
  return [
    current ? "*" : " ",
    generation === null ? "-" : String(generation),
    created.slice(0, 16).replace("T", " "),
    who,
    healthy ? "healthy" : "taken back",
    error === undefined ? words : `${words}${words === "" ? "" : ": "}${error}`,
  ];
}

async function readHistory(host: HostReader): Promise<HistoryEntry[]> {
  const generations = await readGenerations(host);
  const [oldest] = generations;
  // Records of tasks are kept longer than generations.
  const since = oldest === undefined || oldest.generation === 1 ? "" : oldest.created;
  const failed = (await readFailures(host)).filter(({ created }) => created > since);
  return [...generations, ...failed].toSorted((a, b) => (a.created < b.created ? -1 : 1));
}

async function readGenerations(host: HostReader): Promise<HistoryEntry[]> {
  const current = (await currentGeneration(host))?.number;
  const entries: HistoryEntry[] = [];
  let before: Asked | undefined;
  for (const number of await listGenerations(host)) {
    const generation = await readGeneration(host, number);
    const asked = generation && (await readKept(host, generation));
    if (generation === undefined || asked === undefined) continue;
    const { created, who, release } = generation;
    entries.push({
      generation: number,
      created,
      who,
      release,
      current: number === current,
      // Nothing else ever becomes a generation.
      healthy: true,
      changes: changesOf(number, before, asked),
    });
    before = asked;
  }
  return entries;
}

function changesOf(number: number, before: Asked | undefined, after: Asked): string[] {
  if (before === undefined) return [number === 1 ? "installed" : "the oldest that is kept"];
  const changes = describeChanges(before, after);
  return changes.length === 0 ? ["repaired"] : changes;
}

async function readFailures(host: HostReader): Promise<HistoryEntry[]> {
  const tasks = await listTasks(host);
  return tasks
    .filter(({ state }) => state !== "completed" && state !== "running")
    .map(({ task, state, error }) => ({
      generation: null,
      created: task.started,
      who: task.who,
      release: null,
      current: false,
      healthy: false,
      changes: task.changes,
      error: state === "cancelled" ? "cancelled" : (error?.split("\n")[0] ?? state),
    }));
}
