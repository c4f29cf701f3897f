import { join } from "node:path";
import { parseArgs } from "node:util";
import { addCounts, type Counts } from "./test/counts.ts";
import { installPackages, missingPackages } from "./test/install-packages.ts";
import { runTier } from "./test/run-tier.ts";
import { tiers, type Tier } from "./test/tiers.ts";

const usage = `npm test [-- OPTIONS]: every tier of tests that this machine can run; the last line is the count.

  --tier NAME[,NAME]  only these tiers: ${tiers.map(({ name }) => name).join(", ")}
  --all               each machine with every image, which takes an hour
  --prepare           installs what the tests need (apt, as root) and stops
`;

const { values } = parseArgs({
  options: {
    tier: { type: "string", multiple: true, default: [] },
    all: { type: "boolean", default: false },
    prepare: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const asked = values.tier.flatMap((names) => names.split(","));
const unknown = asked.filter((name) => !tiers.some((tier) => tier.name === name));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) process.stderr.write(`There is no tier ${unknown.join(", ")}.\n`);
  process.stderr.write(usage);
  process.exitCode = values.help ? 0 : 64;
} else {
  await main(tiers.filter(({ name }) => asked.length === 0 || asked.includes(name)));
}

async function main(chosen: readonly Tier[]): Promise<void> {
  const root = join(import.meta.dirname, "..");
  const notInstalled = await prepare(chosen);
  if (values.prepare) {
    process.exitCode = notInstalled === undefined ? 0 : 1;
    if (notInstalled !== undefined) process.stderr.write(`Not prepared: ${notInstalled}\n`);
    return;
  }
  const counts: Counts[] = [];
  const notRun: string[] = [];
  for (const tier of chosen) {
    const reason = whyNot(tier, notInstalled);
    if (reason === undefined) {
      process.stdout.write(`\n=== ${tier.name}: ${tier.words}\n`);
      counts.push(await runTier(tier, root, values.all));
    } else {
      notRun.push(`Not run: the ${tier.name} tier (${tier.words}): ${reason}.\n`);
    }
  }
  process.stdout.write(`\n${notRun.join("")}`);
  const { passed, failed, skipped } = addCounts(counts);
  if (failed > 0 || passed === 0) process.exitCode = 1;
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
}

/** Installs what is missing for all the tiers at once; gives the reason where that could not be done. */
async function prepare(chosen: readonly Tier[]): Promise<string | undefined> {
  const missing = missingPackages([...new Set(chosen.flatMap(({ packages }) => packages))]);
  if (missing === undefined) return "no dpkg here to say what is installed";
  return missing.length === 0 ? undefined : await installPackages(missing);
}

function whyNot(tier: Tier, notInstalled: string | undefined): string | undefined {
  if (tier.needsRoot && process.getuid?.() !== 0) return "not root";
  const missing = missingPackages(tier.packages);
  if (missing?.length === 0) return undefined;
  return `${missing?.join(", ") ?? "its programs"} missing: ${notInstalled ?? "not installed"}`;
}
