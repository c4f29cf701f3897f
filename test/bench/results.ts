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
  await writeFile(join(folder, "RESULTS.md"), resultsPage(results));
}

/** The newer of two measurements of each row, in the order of the rows; rows that are gone are left out. */
function mergeResults(kept: readonly Result[], fresh: readonly Result[], order: readonly string[]): Result[] {
  const newest = new Map([...kept, ...fresh].map((result) => [result.row, result]));
  return order.flatMap((row) => newest.get(row) ?? []);
}

/** RESULTS.md: a table for each machine and day that something was measured on. */
function resultsPage(results: readonly Result[]): string {
  const groups = Map.groupBy(results, ({ date, commit, machine }) => `${date}, commit ${commit}. ${machine}`);
  const sections = [...groups].map(
    ([about, group]) => `## ${about}\n\n${markdownTable(group.flatMap(({ figures }) => figures))}\n`,
  );
  return [intro, ...sections].join("\n");
}

const intro = `# How fast

<!-- Written by npm run bench; do not edit. -->

Medians; n is how often each was measured. Both sides stand in containers of one image on one machine and take turns.
"stock" is the stock hub: what a person makes without Homeroom, as The Littlest JupyterHub arranges it (test/bench/stock).
Its Node and proxy are in its machine before the clock starts; ours are downloaded within it. "×" is a bound on the ratio.
`;
