import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readCounts, type Counts } from "./counts.ts";
import { preparePython } from "./python-environment.ts";
import type { Tier } from "./tiers.ts";

/** Runs one tier, its output going where ours goes, and counts what its report says. */
export async function runTier(tier: Tier, root: string, all: boolean): Promise<Counts> {
  const directory = join(root, "build/test-reports");
  mkdirSync(directory, { recursive: true });
  const report = join(directory, `${tier.name}.${tier.runner === "vitest" ? "json" : "xml"}`);
  rmSync(report, { force: true });
  const [program, ...args] = command(tier, root, report);
  const images = tier.images?.[all ? "all" : "plain"];
  const env = {
    ...process.env,
    PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`,
    ...(images === undefined ? {} : { HOMEROOM_TEST_IMAGES: process.env["HOMEROOM_TEST_IMAGES"] ?? images }),
  };
  const exitCode = await new Promise<number | null>((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env,
      stdio: ["ignore", 1, 2],
      timeout: tier.limit * 60_000,
      killSignal: "SIGKILL",
    });
    child.on("error", (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve(null);
    });
    child.on("exit", resolve);
  });
  return readCounts(tier.runner, report, exitCode);
}

function command(tier: Tier, root: string, report: string): [string, ...string[]] {
  if (tier.runner === "pytest") {
    return [
      preparePython(root),
      "-m",
      "pytest",
      "-p",
      "no:cacheprovider",
      `--junitxml=${report}`,
      "test/python",
    ];
  }
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return ["vitest", "run", "--project", tier.name, ...reporters];
}
