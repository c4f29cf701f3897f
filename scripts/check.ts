import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";

const shellScripts = [
  "bootstrap.sh",
  "scripts/bootstrap/checkout.sh",
  ".ci/run",
  "test/bench/stock/install.sh",
  "templates/terminal/homeroom-reset-home",
  "templates/terminal/own-terminals",
  "templates/disk/share-reserve",
  "templates/disk/lift-caps",
];

/** `npm run check`: everything that can be said of the code without running it, all at once. */
const steps: readonly { name: string; argv: readonly [string, ...string[]] }[] = [
  { name: "types", argv: ["tsc", "--noEmit", "--project", "."] },
  { name: "lint", argv: ["oxlint", "--deny-warnings"] },
  { name: "format", argv: ["oxfmt", "--check"] },
  { name: "import table", argv: ["node", "scripts/import-table.ts"] },
  { name: "dead exports", argv: ["knip", "--no-progress", "--no-config-hints"] },
  { name: "generated files", argv: ["node", "scripts/generate.ts", "--check"] },
  { name: "shell", argv: ["shellcheck", ...shellScripts] },
];

interface Outcome {
  name: string;
  /** "absent": the program is not on this machine. */
  state: "good" | "bad" | "absent";
  /** Seconds. */
  took: number;
}

const root = join(import.meta.dirname, "..");
const programs = join(root, "node_modules/.bin");
const outcomes = await Promise.all(steps.map(runStep));
for (const { name, state, took } of outcomes) {
  const words = {
    good: styleText("green", "good"),
    bad: styleText("red", "BAD "),
    absent: styleText("yellow", "not checked: the program is not installed"),
  }[state];
  process.stdout.write(`${name.padEnd(16)} ${words} ${state === "absent" ? "" : `${took.toFixed(1)} s`}\n`);
}
if (outcomes.some(({ state }) => state === "bad")) process.exitCode = 1;

async function runStep({ name, argv }: (typeof steps)[number]): Promise<Outcome> {
  const started = performance.now();
  const [program, ...args] = argv;
  const env = { ...process.env, PATH: `${programs}:${process.env["PATH"] ?? ""}` };
  const { state, output } = await new Promise<{ state: Outcome["state"]; output: string }>((resolve) => {
    const options = { cwd: root, env, timeout: 5 * 60_000, maxBuffer: 64 * 1024 * 1024 };
    execFile(program, args, options, (error, stdout, stderr) => {
      const isAbsent = error?.code === "ENOENT" && !existsSync(join(programs, program));
      resolve({ state: error ? (isAbsent ? "absent" : "bad") : "good", output: stdout + stderr });
    });
  });
  if (state === "bad") process.stdout.write(`\n--- ${name}: ${argv.join(" ")}\n${output}\n`);
  return { name, state, took: (performance.now() - started) / 1000 };
}
