import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Figure } from "./figure.ts";
import { markdownTable } from "./table.ts";

/** The last measurement of a row on an image. */
export interface Result {
  row: string;
  /** YYYY-MM-DD. */
  date: string;
  commit: string;
  /** The machine, the image and the versions on it, in a line. */
  machine: string;
  /** The load average of the last minute when the row began and when it ended. */
  load: number[];
  figures: Figure[];
}

/** Keeps results in results.json and writes all that there are into RESULTS.md; a row measured again replaces itself. */
export async function keepResults(
  folder: string,
  fresh: readonly Result[],
  order: readonly string[],
): Promise<void> {
  const file = join(folder, "results.json");
  const kept = JSON.parse(await readFile(file, "utf8").catch(() => "[]")) as Result[];
  const results = mergeResults(kept, fresh, order);
  await writeFile(file, `${JSON.stringify(results, undefined, 1)}\n`);
  const notes = await readFile(join(folder, "notes.md"), "utf8").catch(() => "");
  await writeFile(join(folder, "RESULTS.md"), resultsPage(results, notes));
}

/** The newer of two measurements of each row, in the order of the rows; rows that are gone are left out. */
function mergeResults(kept: readonly Result[], fresh: readonly Result[], order: readonly string[]): Result[] {
  const newest = new Map([...kept, ...fresh].map((result) => [result.row, result]));
  return order.flatMap((row) => newest.get(row) ?? []);
}

/** RESULTS.md: a table for each machine and day that something was measured on, then what is to be known of them. */
function resultsPage(results: readonly Result[], notes: string): string {
  const groups = Map.groupBy(results, ({ date, machine }) => `${date}. ${machine}`);
  const sections = [...groups].map(([about, group]) => `## ${about}\n\n${markdownTable(group)}\n`);
  return [intro, ...sections, ...(notes === "" ? [] : [notes])].join("\n");
}

const intro = `# How fast

<!-- Written by npm run bench, which takes its last part from notes.md; do not edit. -->

Medians; n is how often each was measured. Both sides stand in containers of one image on one machine and take turns.
"stock" is the stock hub: what a person makes without Homeroom, as The Littlest JupyterHub arranges it (test/bench/stock).
Its Node and proxy are in its machine before the clock starts; ours are downloaded within it. "×" is a bound on the ratio.
"load" is the machine's load average of the last minute when a row began and when it ended: above 2 on two cores, others
had a part of the machine, and seconds are longer than they would be; both sides share that, so that ratios bear it better.
`;
