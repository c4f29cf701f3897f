import { Command } from "commander";
import { exitCodes } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { FolderPart } from "../resources/folder-part.ts";
import { applySituation, type Applied } from "./apply-situation.ts";
import { canAsk, hostOf, narrate, printJson, requireRoot, type GlobalOptions } from "./context.ts";
import { describeDrift, describePlan } from "./describe-plan.ts";
import { describeHeldLimits } from "./held-limits.ts";
import { interruption } from "./interruption.ts";
import type { RebuildRequest, Situation } from "./situation.ts";

export interface ApplyFlags {
  yes?: true | undefined;
  take?: true | undefined;
  keep?: true | undefined;
  /** The person has said yes to what is to change already. */
  asked?: true | undefined;
  json?: true | undefined;
  /** A lower memory limit holds at once even where more is in use. */
  force?: true | undefined;
  /** A directory of wheels, for a machine without an index. */
  wheels?: string | undefined;
  /** A config's text that the release in this program reads; it is written into the file as a step. */
  configText?: string | undefined;
  /** The generation in use may be another release's. */
  changesRelease?: true | undefined;
  /** A first install shows its progress on the front door. */
  progressPage?: boolean | undefined;
  rebuild?: RebuildRequest | undefined;
  /** What `environment.from` asks for, where it was fetched already. */
  folder?: FolderPart | undefined;
}

/** `homeroom apply`: make the machine what the config says. */
export function applyCommand(): Command {
  return new Command("apply")
    .description("Make the machine what the config says.")
    .option("--yes", "ask nothing; what was changed by hand is written anew")
    .option("--take", "write anew what was changed by hand")
    .option("--keep", "leave what was changed by hand")
    .option("--force", "set lower memory limits now, even where more is in use")
    .option("--json", "the result as data")
    .addHelpText("after", "\nExamples:\n  sudo homeroom apply\n  sudo homeroom apply --yes --json")
    .action(async function (this: Command) {
      const options = this.optsWithGlobals<GlobalOptions & ApplyFlags>();
      requireRoot(options);
      const applied = await applyNow(hostOf(options), "apply", options);
      if (options.json) printJson(resultOf(applied));
    });
}

/** Applies the config as it stands: shows the plan, asks where somebody can answer, says how it ended. */
export async function applyNow(host: Host, command: string, flags: ApplyFlags): Promise<Applied> {
  const asking = canAsk() && !flags.yes && !flags.asked;
  const applied = await applySituation(host, {
    command,
    wheels: flags.wheels,
    force: flags.force,
    progressPage: flags.progressPage,
    rebuild: flags.rebuild,
    folder: flags.folder,
    configText: flags.configText,
    changesRelease: flags.changesRelease,
    drift: await choiceAboutDrift(host, flags, asking),
    signal: interruption(),
    ...(asking ? { confirm: (situation) => confirmPlan(host, situation) } : {}),
  });
  const { situation, outcome, generation, milliseconds } = applied;
  for (const warning of situation.read.warnings) narrate(warning);
  if (situation.plan.drift.length > 0 && !flags.take && !flags.yes)
    narrate(describeDrift(situation.plan.drift));
  const held = describeHeldLimits(situation.desired.resources);
  if (held !== "") narrate(held);
  const seconds = (milliseconds / 1000).toFixed(1);
  const words = {
    applied: `Applied: generation ${generation} is in use (${seconds} s).`,
    unchanged: `Nothing to do: the machine is what the config says (generation ${generation}).`,
    declined: "Nothing was changed on the machine.",
  };
  narrate(words[outcome]);
  if (outcome === "declined") process.exitCode = exitCodes.pending;
  return applied;
}

/** `apply --json` and `install --json`. */
export function resultOf({ outcome, generation, milliseconds, situation }: Applied): object {
  return {
    outcome,
    generation,
    seconds: Math.round(milliseconds) / 1000,
    steps: situation.plan.steps.length,
    drift: situation.plan.drift,
  };
}

async function choiceAboutDrift(
  host: Host,
  { take, keep, yes, configText }: ApplyFlags,
  asking: boolean,
): Promise<"keep" | "take"> {
  if (take || yes) return "take";
  if (keep || !asking) return "keep";
  const { readSituation } = await import("./situation.ts");
  const { plan } = await readSituation(host, { drift: "keep", configText });
  if (plan.drift.length === 0) return "keep";
  narrate("Not written by Homeroom:");
  narrate(describeDrift(plan.drift));
  const { confirm } = await import("./ask.ts");
  return (await confirm("Write them anew?", false)) ? "take" : "keep";
}

async function confirmPlan(host: Host, situation: Situation): Promise<boolean> {
  if (situation.plan.steps.length === 0) return true;
  const { readAudience } = await import("./audience.ts");
  narrate(describePlan(situation.plan, await readAudience(host, situation)));
  const { confirm } = await import("./ask.ts");
  return confirm("Go ahead?", true);
}
