import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// node scripts/mutate.ts [SAMPLE] [SEED]: damages config/ in one place at a time and counts how many of these
// mutants the unit tests notice. SAMPLE mutants (all of them without it) are drawn by SEED. Not part of the CI:
// each mutant costs a run of the tests.
const root = join(import.meta.dirname, "..");
const [sample = "Infinity", seed = "1"] = process.argv.slice(2);

interface Mutant {
  file: string;
  offset: number;
  from: string;
  to: string;
}

const mutations: readonly [RegExp, string][] = [
  [/===/g, "!=="],
  [/!==/g, "==="],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/ < /g, " >= "],
  [/ > /g, " <= "],
  [/ <= /g, " > "],
  [/ >= /g, " < "],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
  [/ \+ 1\b/g, " - 1"],
  [/ - 1\b/g, " + 1"],
  [/"error"/g, '"warning"'],
  [/"warning"/g, '"error"'],
  [/\breturn \[\];/g, "return [undefined as never];"],
  [/ \?\? /g, " && "],
];

const work = await mkdtemp(join(tmpdir(), "homeroom-mutate-"));
try {
  await copyProject();
  if (!(await testsPass())) throw new Error("the tests fail without any mutant");
  const mutants = draw(await findMutants(), Number(sample), Number(seed));
  let killed = 0;
  for (const mutant of mutants) {
    if (!(await survives(mutant))) killed++;
    else process.stdout.write(`survived: ${await describe(mutant)}\n`);
  }
  process.stdout.write(
    `${killed} of ${mutants.length} noticed (${((100 * killed) / mutants.length).toFixed(1)} %)\n`,
  );
} finally {
  await rm(work, { recursive: true });
}

async function copyProject(): Promise<void> {
  const parts = [
    "config",
    "test/unit/config",
    "test/cases/config",
    "package.json",
    "vitest.config.ts",
    "tsconfig.json",
  ];
  for (const part of parts) await cp(join(root, part), join(work, part), { recursive: true });
  await symlink(join(root, "node_modules"), join(work, "node_modules"));
}

async function findMutants(): Promise<Mutant[]> {
  const names = await readdir(join(work, "config"), { recursive: true });
  const files = names.filter((name) => name.endsWith(".ts") && !name.startsWith("generated")).sort();
  const found = await Promise.all(
    files.map(async (name) => {
      const file = join("config", name);
      return mutantsIn(file, await readFile(join(work, file), "utf8"));
    }),
  );
  return found.flat();
}

function mutantsIn(file: string, text: string): Mutant[] {
  return mutations.flatMap(([pattern, to]) =>
    [...text.matchAll(pattern)]
      .filter(({ index }) => isCode(text, index))
      .map(({ index, 0: from }) => ({ file, offset: index, from, to })),
  );
}

/** Whether an offset is in a line that runs: no comment, import, type or text for people. */
function isCode(text: string, offset: number): boolean {
  const start = text.lastIndexOf("\n", offset) + 1;
  const line = text.slice(start, text.indexOf("\n", offset));
  if (/^\s*(?:\*|\/\/|\/\*|import |export type|type |export interface|\| )/.test(line)) return false;
  if (/^\s*(?:readonly )?[\w?]+: (?:true|false|"error")/.test(line) && line.endsWith(";")) return false;
  return (text.slice(start, offset).match(/`/g)?.length ?? 0) % 2 === 0;
}

/** A part of the mutants, the same for the same seed (a linear congruential generator). */
function draw(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  let state = seed;
  const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31);
  return mutants
    .map((mutant) => ({ mutant, order: next() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

async function survives({ file, offset, from, to }: Mutant): Promise<boolean> {
  const path = join(work, file);
  const text = await readFile(path, "utf8");
  await writeFile(path, text.slice(0, offset) + to + text.slice(offset + from.length));
  try {
    return await testsPass();
  } finally {
    await writeFile(path, text);
  }
}

async function testsPass(): Promise<boolean> {
  const program = join(root, "node_modules/.bin/vitest");
  return new Promise((resolve) => {
    execFile(
      program,
      ["run", "test/unit/config", "--bail", "1"],
      { cwd: work, timeout: 90_000, killSignal: "SIGKILL" },
      (error) => resolve(error === null),
    );
  });
}

async function describe({ file, offset, from, to }: Mutant): Promise<string> {
  const text = await readFile(join(work, file), "utf8");
  const line = text.slice(0, offset).split("\n").length;
  return `${file}:${line}: ${from.trim()} -> ${to.trim()}: ${text.split("\n")[line - 1]?.trim()}`;
}
