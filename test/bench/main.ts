import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeCommit } from "./about.ts";
import { verdictOf } from "./figure.ts";
import { openBench } from "./open-bench.ts";
import { keepResults, type Result } from "./results.ts";
import { rows } from "./rows.ts";
import { plainTable } from "./table.ts";

const names = rows.map(({ name }) => name);
const usage = `npm run bench [-- OPTIONS]: how fast Homeroom is beside the stock hub, in machines of this machine (root).

  --only ROW[,ROW]  only these rows: ${names.join(", ")}
  --image NAME      bookworm (where nothing is said) or trixie
  --rounds N        how often each thing is measured at least (5)
  --keep            leaves the machines up; a later run with --keep measures on them, if nothing of them changed
  --json            the figures as data
  --no-results      leaves test/bench/RESULTS.md as it is

Exit code 2 where a "must" was missed.
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    image: { type: "string", default: "bookworm" },
    rounds: { type: "string", default: "5" },
    keep: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    "no-results": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const asked = values.only.flatMap((list) => list.split(","));
const rounds = Number(values.rounds);
const isImage = (name: string) => name === "bookworm" || name === "trixie";
const { image } = values;
if (
  values.help ||
  asked.some((name) => !names.includes(name)) ||
  !Number.isInteger(rounds) ||
  rounds < 1 ||
  !isImage(image)
) {
  process.stderr.write(usage);
  process.exitCode = values.help ? 0 : 64;
} else {
  await main(image);
}

async function main(image: "bookworm" | "trixie"): Promise<void> {
  const root = join(import.meta.dirname, "../..");
  const date = new Date().toISOString().slice(0, 10);
  const commit = await describeCommit(root);
  const results: Result[] = [];
  await using bench = await openBench({ root, image, rounds, keep: values.keep });
  for (const { name, measure } of rows.filter((row) => asked.length === 0 || asked.includes(row.name))) {
    const load = loadavg().slice(0, 1);
    const figures = await measure(bench);
    load.push(...loadavg().slice(0, 1));
    results.push({ row: name, date, commit, machine: await bench.describe(), load, figures });
    if (!values["no-results"]) await keepResults(import.meta.dirname, results, names);
  }
  const figures = results.flatMap((result) => result.figures);
  process.stdout.write(`${values.json ? JSON.stringify(results, undefined, 2) : plainTable(figures)}\n`);
  if (figures.some((figure) => verdictOf(figure).reached === "missed")) process.exitCode = 2;
}
