import { Command, Option } from "commander";
import { exitCodes, HomeroomError } from "../errors.ts";
import { currentGeneration } from "../generations/generations.ts";
import type { Host, HostReader } from "../host/host.ts";
import { choosePath } from "../upgrade/choose-path.ts";
import { fetchRelease } from "../upgrade/fetch-release.ts";
import { fetcherOf, type Fetcher } from "../upgrade/fetcher.ts";
import { readPublished, type Published } from "../upgrade/published.ts";
import { vouchedIntegrity } from "../upgrade/registry-signature.ts";
import { canAsk, hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "./context.ts";
import { handOver } from "./hand-over.ts";
import { readRelease } from "./read-release.ts";

interface UpgradeFlags {
  check?: true;
  unattended?: true;
  to?: string;
  yes?: true;
  take?: true;
  json?: true;
}

/** `homeroom upgrade`: a newer release, fetched and checked by this one, which then makes the machine its own. */
export function upgradeCommand(): Command {
  return new Command("upgrade")
    .description("Go to a newer Homeroom; where it does not work out, everything is as before.")
    .option("--check", "only say whether there is one (exit code 2)")
    .option("--to <version>", "this one, instead of the newest")
    .option("--yes", "ask nothing; several minor versions are gone through one after the other")
    .option("--take", "write anew what was changed by hand")
    .option("--json", "the result as data")
    .addOption(new Option("--unattended", "what homeroom-upgrade.timer does at night").hideHelp())
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom upgrade --check\n  sudo homeroom upgrade\n  sudo homeroom upgrade --to 0.2.1 --yes",
    )
    .action(async function (this: Command) {
      const options = this.optsWithGlobals<GlobalOptions & UpgradeFlags>();
      requireRoot(options);
      const host = hostOf(options);
      const current = await releaseInUse(host);
      const fetcher = fetcherOf((await readRelease()).folder, process.env);
      if (options.unattended) {
        process.exitCode = await upgradeAtNight(host, fetcher, current);
        return;
      }
      const published = await readPublished(host, fetcher);
      const path = choosePath(published, current, options.to);
      if (options.check) return showCheck(published, current, path, options);
      process.exitCode = await upgrade(host, { fetcher, published, current, path }, options);
    });
}

async function upgradeAtNight(host: Host, fetcher: Fetcher, current: string): Promise<number> {
  const { upgradeUnattended } = await import("./upgrade/unattended.ts");
  const published = readPublished(host, fetcher);
  return upgradeUnattended(host, {
    current,
    published,
    upgradeTo: async (release) =>
      upgrade(host, { fetcher, published: await published, current, path: [release] }, {}),
  });
}

/** @throws HomeroomError before the first install has ended well. */
async function releaseInUse(host: HostReader): Promise<string> {
  const generation = await currentGeneration(host);
  if (generation !== undefined) return generation.release;
  throw new HomeroomError("Homeroom was never installed to the end here.", {
    remedy: "Type: sudo homeroom install",
  });
}

function showCheck(
  { registry }: Published,
  current: string,
  path: readonly string[],
  { json }: UpgradeFlags,
): void {
  if (path.length > 0) process.exitCode = exitCodes.pending;
  if (json) return printJson({ registry, current, available: path.at(-1) ?? null, path });
  if (path.length === 0) return print(`Homeroom ${current} is the newest of ${registry}.`);
  print(`Homeroom ${path.at(-1)} is there; ${current} is in use. Type: sudo homeroom upgrade`);
  if (path.length > 1) print(`The way there: ${path.join(", then ")}.`);
}

interface Way {
  fetcher: Fetcher;
  published: Published;
  current: string;
  /** The releases to go through, one after the other. */
  path: readonly string[];
}

/** Returns the exit code. */
async function upgrade(
  host: Host,
  { fetcher, published, current, path }: Way,
  flags: UpgradeFlags,
): Promise<number> {
  const [next] = path;
  const target = path.at(-1);
  if (next === undefined) {
    if (flags.json) printJson({ outcome: "unchanged", release: current });
    narrate(`Nothing to do: Homeroom ${current} is the newest of ${published.registry}.`);
    return exitCodes.done;
  }
  if (next !== target) await agreeToWay(current, path, flags);
  const { integrity, isSigned } = vouchedIntegrity(published, next);
  if (!isSigned) narrate(`${published.registry} signs nothing: only the hashes it gives are compared.`);
  narrate(`Fetching Homeroom ${next} from ${published.registry}`);
  const { argv } = await fetchRelease(host, fetcher, { version: next, integrity }, narrate);
  const passedOn = (["yes", "take"] as const).filter((name) => flags[name]).map((name) => `--${name}`);
  const json = flags.json ? ["--json"] : [];
  const isLast = next === target;
  const status = await handOver([...argv, "install", ...passedOn, ...(isLast ? json : [])]);
  if (status !== exitCodes.done || isLast) return status;
  // The next step is the newer release's own business.
  return handOver([...argv, "upgrade", "--to", target ?? next, ...passedOn, ...json]);
}

/** @throws HomeroomError where nobody can be asked, or says no. */
async function agreeToWay(current: string, path: readonly string[], { yes }: UpgradeFlags): Promise<void> {
  const way = `From ${current} to ${path.at(-1)} it goes through ${path.slice(0, -1).join(", then ")}`;
  if (yes) return narrate(`${way}.`);
  const words = `${way}: a release takes over machines of its own minor version and the one before.`;
  if (canAsk()) {
    narrate(words);
    const { confirm } = await import("./ask.ts");
    if (await confirm("One after the other?", true)) return;
  }
  throw new HomeroomError(words, {
    remedy: `One step: sudo homeroom upgrade --to ${path[0]}\nAll of them: sudo homeroom upgrade --to ${path.at(-1)} --yes`,
  });
}
