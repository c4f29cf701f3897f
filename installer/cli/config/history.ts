import { compareConfigs } from "../../../config/compare.ts";
import { compareRosters } from "../../../config/roster/compare-rosters.ts";
import { loadConfig } from "../../../config/load.ts";
import {
  currentGeneration,
  listGenerations,
  readGeneration,
  readGenerationConfig,
  readGenerationRoster,
  type Generation,
} from "../../generations/generations.ts";
import type { HostReader } from "../../host/host.ts";
import { hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";

interface HistoryEntry {
  generation: number;
  created: string;
  who: string;
  release: string;
  /** In use now. */
  current: boolean;
  /** What differs from the generation before. */
  changes: string[];
}

/** `homeroom config history`: every generation with what it changed. Only healthy states ever become one. */
export async function showHistory(options: GlobalOptions & { json?: true }): Promise<void> {
  requireRoot(options);
  const entries = await readHistory(hostOf(options));
  if (options.json) return printJson(entries);
  if (entries.length === 0) return narrate("No generation yet: nothing was ever installed to the end here.");
  for (const { generation, created, who, current, changes } of entries) {
    const mark = current ? "*" : " ";
    print(
      `${mark} ${String(generation).padStart(4)}  ${created.slice(0, 16).replace("T", " ")}  ${who}  ${changes.join("; ")}`,
    );
  }
}

async function readHistory(host: HostReader): Promise<HistoryEntry[]> {
  const numbers = await listGenerations(host);
  const current = (await currentGeneration(host))?.number;
  const entries: HistoryEntry[] = [];
  let before: Kept | undefined;
  for (const number of numbers) {
    const generation = await readGeneration(host, number);
    const text = await readGenerationConfig(host, number);
    if (generation === undefined || text === undefined) continue;
    const after = { generation, text, roster: await readGenerationRoster(host, number) };
    const { created, who, release } = generation;
    entries.push({
      generation: number,
      created,
      who,
      release,
      current: number === current,
      changes: changesOf(before, after),
    });
    before = after;
  }
  return entries;
}

/** What is kept of a generation. */
interface Kept {
  generation: Generation;
  text: string;
  roster: string | undefined;
}

function changesOf(before: Kept | undefined, after: Kept): string[] {
  if (before === undefined) return [after.generation.number === 1 ? "installed" : "the oldest that is kept"];
  const release =
    before.generation.release === after.generation.release ? [] : [`Homeroom ${after.generation.release}`];
  const was = loadConfig(before.text).config;
  const is = loadConfig(after.text).config;
  const config = was === undefined || is === undefined ? [] : compareConfigs(was, is);
  const text = config.length === 0 && before.text !== after.text ? ["comments or layout"] : [];
  const changes = [...release, ...config, ...text, ...compareRosters(before.roster, after.roster)];
  return changes.length === 0 ? ["repaired"] : changes;
}
