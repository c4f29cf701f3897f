import { hostname } from "node:os";
import { Command } from "commander";
import { lockMachine } from "../apply/lock.ts";
import { performRemoval } from "../apply/perform-removal.ts";
import { unfinishedRemovals, writtenSince } from "../apply/recover.ts";
import { exitCodes, HomeroomError } from "../errors.ts";
import { currentGeneration } from "../generations/generations.ts";
import type { Host } from "../host/host.ts";
import type { Plan } from "../plan/plan.ts";
import { settlePackages } from "../uninstall/packages.ts";
import { planRemoval, wholeTrees } from "../uninstall/removal-plan.ts";
import { peopleOf, removeTraces, stopServices } from "../uninstall/remove-traces.ts";
import {
  canAsk,
  hostOf,
  narrate,
  print,
  printJson,
  requireRoot,
  whoAsks,
  type GlobalOptions,
} from "./context.ts";
import { interruption } from "./interruption.ts";
import { showTask } from "./show-task.ts";
import { newTask } from "./new-task.ts";
import { readRelease } from "./read-release.ts";

interface UninstallFlags {
  purge?: true;
  machine?: string;
  yes?: true;
  dryRun?: true;
  json?: true;
}

/** `homeroom uninstall`: takes away what Homeroom made; people's homes only with --purge. */
export function uninstallCommand(): Command {
  return new Command("uninstall")
    .description("Take Homeroom off this machine; people's homes stay.")
    .option("--purge", "people's accounts and homes go too, and the config: asks for the machine's name")
    .option("--machine <name>", "with --purge: the machine's name, where nobody can be asked")
    .option("--yes", "ask nothing")
    .option("--dry-run", "only show what would go and what would stay")
    .option("--json", "what goes and what stays, as data")
    .addHelpText("after", "\nExamples:\n  sudo homeroom uninstall --dry-run\n  sudo homeroom uninstall")
    .action(async function (this: Command) {
      const options = this.optsWithGlobals<GlobalOptions & UninstallFlags>();
      requireRoot(options);
      await uninstall(hostOf(options), options);
    });
}

async function uninstall(host: Host, flags: UninstallFlags): Promise<void> {
  const signal = interruption();
  const command = flags.purge ? "uninstall --purge" : "uninstall";
  const who = whoAsks();
  await using _lock = await lockMachine(host, { command, who });
  const generation = await currentGeneration(host);
  const from = generation?.number ?? 0;
  const written = [...(generation?.resources ?? []), ...(await writtenSince(host, from))];
  const begun = await unfinishedRemovals(host, from);
  if (begun.length > 0 && !flags.dryRun) await settlePackages(host);
  const begunPackages = packagesIn(begun);
  const { plan, lastPackages } = await planRemoval(host, written, begunPackages);
  const people = await peopleOf(host);
  const outcome = describe(plan, lastPackages, people, flags.purge === true);
  if (flags.json) printJson(outcome);
  else print(inWords(outcome));
  if (flags.dryRun || !(await agreed(flags))) {
    if (!flags.dryRun) narrate("Nothing was changed.");
    return;
  }
  const { version: release } = await readRelease();
  const task = newTask({ command, who, release, from, forwardOnly: true, changes: [], plan });
  const display = await showTask(host, plan, command, { progressPage: false, health: false });
  const packages = [...new Set([...packagesIn([plan]), ...begunPackages])];
  try {
    await stopServices(host);
    await performRemoval(host, {
      task,
      signal,
      events: display.events,
      afterwards: () => removeTraces(host, { packages, lastPackages, purge: flags.purge === true }),
    });
  } finally {
    await display.end();
  }
  narrate(
    flags.purge
      ? "Homeroom and everything of it is gone."
      : "Homeroom is gone. People's homes and the config stay.",
  );
}

function packagesIn(plans: readonly Plan[]): string[] {
  return plans.flatMap(({ steps }) => steps.flatMap(({ kind, id }) => (kind === "apt-package" ? [id] : [])));
}

interface Outcome {
  goes: { units: string[]; files: string[]; folders: string[]; accounts: string[]; packages: string[] };
  stays: { homes: string[]; files: string[] };
}

/** `uninstall --json`. */
function describe(
  { steps }: Plan,
  lastPackages: readonly string[],
  people: readonly string[],
  purge: boolean,
): Outcome {
  const ids = (...kinds: string[]) => steps.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
  const homes = people.map((name) => `/home/${name}`);
  const own = ["/etc/homeroom"];
  return {
    goes: {
      units: ids("service", "socket", "proxy", "systemd-unit"),
      files: ids("file", "link", "sudoers"),
      folders: [...wholeTrees, ...(purge ? [...homes, ...own] : [])],
      accounts: [...ids("system-account", "system-group", "group"), ...(purge ? people : [])],
      packages: [...ids("apt-package"), ...lastPackages],
    },
    stays: { homes: purge ? [] : homes, files: purge ? [] : own },
  };
}

function inWords({ goes, stays }: Outcome): string {
  const list = (items: readonly string[]) => (items.length === 0 ? "none" : items.join(" "));
  return [
    "Goes:",
    `  units     ${goes.units.length} of homeroom-*`,
    `  files     ${goes.files.length} in /etc and /usr/local`,
    `  folders   ${list(goes.folders)}`,
    `  accounts  ${list(goes.accounts)}`,
    `  packages  ${list(goes.packages)}`,
    "Stays:",
    `  homes     ${list(stays.homes)}${stays.homes.length === 0 ? "" : " (their accounts are closed)"}`,
    `  files     ${list(stays.files)}`,
  ].join("\n");
}

/** Nothing of anybody's is lost without the machine's name being typed. */
async function agreed({ purge, machine, yes }: UninstallFlags): Promise<boolean> {
  const name = hostname();
  if (purge) {
    const given = machine ?? (canAsk() ? await asked(name) : undefined);
    if (given === name) return true;
    throw new HomeroomError("The machine's name was not given, so nobody's work is deleted.", {
      remedy: `To delete all homes for good: sudo homeroom uninstall --purge --machine ${name}`,
      exitCode: exitCodes.usage,
    });
  }
  if (yes) return true;
  if (!canAsk()) {
    throw new HomeroomError("Nobody is there to say yes.", {
      remedy: "Type: sudo homeroom uninstall --yes",
      exitCode: exitCodes.usage,
    });
  }
  const { confirm } = await import("./ask.ts");
  return confirm("Take Homeroom off this machine?", false);
}

async function asked(name: string): Promise<string> {
  const { askLine } = await import("./ask.ts");
  return askLine(
    `All homes will be deleted for good. Type the machine's name (${name}) to go on:`,
    "",
    () => true,
  );
}
