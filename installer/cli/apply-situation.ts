import type { Config } from "../../config/config.ts";
import { interruptedTask } from "../apply/journal.ts";
import { lockMachine } from "../apply/lock.ts";
import { performTask } from "../apply/perform-task.ts";
import { recover, type Recovery } from "../apply/recover.ts";
import { HomeroomError } from "../errors.ts";
import { commitGeneration, currentGeneration } from "../generations/generations.ts";
import { writtenResources } from "../generations/written-resources.ts";
import { canaryProblem, canLook } from "../health/canary.ts";
import { checkHealth, type HealthProblem } from "../health/health.ts";
import { checkSharedEnvironment } from "../health/shared-environment.ts";
import type { Host, HostReader } from "../host/host.ts";
import { rememberFolder } from "../resources/known-folders.ts";
import { refOf } from "../resources/resource.ts";
import { lastLogLines } from "../resources/systemctl.ts";
import { lookAsCanary } from "./canary/look-as-canary.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { takeSnapshotAfter, takeSnapshotBefore } from "./environment-snapshots.ts";
import { narrate, whoAsks } from "./context.ts";
import { describeChanges, readKept } from "./describe-changes.ts";
import { newTask } from "./new-task.ts";
import { folderFor } from "./env/folder.ts";
import { configOf, configPath, readConfig } from "./read-config.ts";
import { refuseOtherRelease, settleRelease } from "./settle-release.ts";
import { readSituation, type Situation, type SituationOptions } from "./situation.ts";
import type { TaskDisplay } from "./show-task.ts";

export interface ApplyOptions extends SituationOptions {
  command: string;
  /** The generation in use may be another release's: an upgrade, or a rollback. */
  changesRelease?: true | undefined;
  /** Asked with the plan before anything is changed; false leaves everything as it is. */
  confirm?: (situation: Situation) => Promise<boolean>;
  signal: AbortSignal;
}

export interface Applied {
  situation: Situation;
  /** "unchanged": there was nothing to do; "declined": the person said no. */
  outcome: "applied" | "unchanged" | "declined";
  generation: number;
  milliseconds: number;
}

/** A slow machine takes this long at the worst; where nothing is wrong nobody waits. */
const healthPatienceMs = 180_000;
/** For a login, a server's start and a cell, where the release is another one. */
const canarySeconds = 240;

/**
 * From config to committed generation. Where nothing differs nothing is written, not even a lock.
 * @throws HomeroomError of the step or check that failed; everything begun was taken back then.
 */
export async function applySituation(host: Host, options: ApplyOptions): Promise<Applied> {
  const began = performance.now();
  const ended = (situation: Situation, outcome: Applied["outcome"], generation?: number): Applied => ({
    situation,
    outcome,
    generation: generation ?? situation.generation?.number ?? 0,
    milliseconds: performance.now() - began,
  });
  await settleRelease(host);
  if (options.changesRelease !== true) await refuseOtherRelease(host);
  const read = await readConfig(host, options.configText);
  // A snapshot is given back also where nothing can be fetched.
  const fetching = options.rebuild?.restore === undefined;
  const folder = options.folder ?? (fetching ? await folderFor(host, read.config) : undefined);
  const first = await readSituation(host, { ...options, folder });
  if (isUnchanged(first) && (await interruptedTask(host)) === undefined) return ended(first, "unchanged");
  const who = whoAsks();
  await using _lock = await lockMachine(host, { command: options.command, who });
  tellRecovery(await recoverShown(host));
  await takeSnapshotBefore(host, first);
  // What stood still while nobody held the lock may have moved; from here on it cannot.
  const situation = await readSituation(host, { ...options, folder });
  if (isUnchanged(situation)) return ended(situation, "unchanged");
  if (situation.plan.steps.length > 0) await refuseWhatThisMachineCannot(situation);
  if (options.confirm !== undefined && !(await options.confirm(situation))) {
    return ended(situation, "declined");
  }
  const { showTask } = await import("./show-task.ts");
  const display = await showTask(host, situation.plan, options.command, {
    progressPage: options.progressPage === true && situation.generation === undefined,
    health: true,
  });
  try {
    const generation = await perform(host, situation, who, options, display);
    await takeSnapshotAfter(host, situation, who, options.command);
    if (folder !== undefined) await rememberFolder(host, folder);
    await collectGarbage(host).catch((error: unknown) =>
      narrate(`What is not needed any more was not all removed: ${String(error)}`),
    );
    return ended(situation, "applied", generation);
  } finally {
    await display.end();
  }
}

/** Nothing to do: no step, and config, roster and release are those of the generation in use. */
function isUnchanged(situation: Situation): boolean {
  const { plan, generation, read, release } = situation;
  return (
    plan.steps.length === 0 &&
    generation?.config === read.hash &&
    generation.roster === read.roster.hash &&
    generation.release === release.version
  );
}

async function perform(
  host: Host,
  situation: Situation,
  who: string,
  { command, signal, changesRelease }: ApplyOptions,
  display: TaskDisplay,
): Promise<number> {
  const { generation, plan, desired, read, release } = situation;
  const number = (generation?.number ?? 0) + 1;
  const changes = await changesOf(host, situation);
  const from = generation?.number ?? 0;
  const task = newTask({ command, who, release: release.version, from, changes, plan });
  return performTask(host, {
    task,
    contents: desired.contents,
    signal,
    events: display.events,
    health: async () => {
      await display.endProgressPage();
      const [answers] = await checkHealth(host, read.config, { patienceMs: healthPatienceMs });
      const problem = answers ?? (changesRelease && (await whyNobodyCanWork(host, read.config)));
      if (problem === undefined) return;
      // What was raised stands before the headers of the request that met it.
      const words = await lastLogLines(host, problem.unit, 16);
      throw new HomeroomError(problem.message, {
        remedy: `${problem.unit} said last:\n${words}\n${problem.remedy}`,
      });
    },
    commit: async () => {
      const made = {
        version: 1 as const,
        number,
        created: task.started,
        release: release.version,
        task: task.id,
        who,
      };
      const steps = new Set(plan.steps.map(({ kind, id }) => refOf(kind, id)));
      const resources = writtenResources(desired.resources, steps, situation.lastWritten, plan.drift);
      const { text, hash } = read.roster;
      const asked = { config: read.hash, ...(hash === undefined ? {} : { roster: hash }) };
      await commitGeneration(host, { ...made, ...asked, resources }, { config: read.text, roster: text });
      return number;
    },
  });
}

/** Another release has to let somebody in and start a server; what an admin broke before is not its fault. */
async function whyNobodyCanWork(host: Host, config: Config): Promise<HealthProblem | undefined> {
  if (!canLook(config)) return undefined;
  const compute = (await checkSharedEnvironment(host)).length === 0;
  return canaryProblem(await lookAsCanary(host, config, { compute, seconds: canarySeconds }));
}

/** What this task changes in what is asked for, since the generation in use. */
async function changesOf(host: HostReader, { generation, read, release }: Situation): Promise<string[]> {
  const before = generation && (await readKept(host, generation));
  return before === undefined
    ? []
    : describeChanges(before, { config: read.text, roster: read.roster.text, release: release.version });
}

/** Rules that need to know the machine (a port that another program holds): asked only where something changes. */
async function refuseWhatThisMachineCannot({ read }: Situation): Promise<void> {
  const { readMachineFacts } = await import("./config/machine-facts.ts");
  const { loadConfig } = await import("../../config/load.ts");
  const text = Buffer.from(read.text);
  configOf(loadConfig(text, { facts: await readMachineFacts(text) }), configPath);
}

async function recoverShown(host: Host): Promise<Recovery | undefined> {
  const silent = { step: () => undefined, said: () => undefined, phase: () => undefined };
  const inUse = (await currentGeneration(host))?.number ?? 0;
  return recover(host, silent, { booting: false, inUse });
}

/** The next command after a crash says what happened and what was done about it. */
export function tellRecovery(recovery: Recovery | undefined): void {
  if (recovery === undefined) return;
  const { command, started, who } = recovery.task.task;
  const what = `\`homeroom ${command}\` of ${who} (${started}) was interrupted`;
  const outcomes: Record<Recovery["outcome"], string> = {
    undone: "what it had begun was taken back",
    error: "not everything that it had begun could be taken back: `homeroom tasks` lists what",
    kept: "going on where it stopped",
    "was-committed": "it had done everything, and stands",
  };
  narrate(`${what}; ${outcomes[recovery.outcome]}.`);
}
