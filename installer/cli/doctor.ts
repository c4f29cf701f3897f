import { styleText } from "node:util";
import { Command } from "commander";
import type { Config } from "../../config/config.ts";
import { listTasks } from "../apply/journal.ts";
import { readCopyRecord } from "../backup/copy-record.ts";
import type { Subject } from "../doctor/check.ts";
import { checks } from "../doctor/checks.ts";
import { repair, runChecks, type Examined } from "../doctor/run-checks.ts";
import { exitCodes, HomeroomError } from "../errors.ts";
import { currentGeneration } from "../generations/generations.ts";
import type { Release } from "../desired/release.ts";
import type { Host, HostReader } from "../host/host.ts";
import { choosePath } from "../upgrade/choose-path.ts";
import { fetcherOf } from "../upgrade/fetcher.ts";
import { readPublished } from "../upgrade/published.ts";
import { makePlan } from "../plan/make-plan.ts";
import { readFacts } from "../resources/facts.ts";
import { applyNow } from "./apply.ts";
import { lookAsCanary } from "./canary/look-as-canary.ts";
import { hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "./context.ts";
import { readConfig } from "./read-config.ts";
import { readHubFragments } from "./read-hub-fragments.ts";
import { readRelease } from "./read-release.ts";
import { readSituation } from "./situation.ts";

interface DoctorFlags {
  fix?: true;
  json?: true;
}

/** `homeroom doctor [--fix]`: looks at everything, says what is wrong and what to do, and repairs what it can. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("Look at everything; say what is wrong and what to do about it.")
    .argument("[check...]", "only these checks (their names stand before each finding)")
    .option("--fix", "repair what can be repaired without asking a person")
    .option("--json", "as data")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom doctor\n  sudo homeroom doctor --fix\n\nExit code: 0 where there is no error, 2 where there is one.",
    )
    .action(async function (this: Command, ids: string[]) {
      const options = this.optsWithGlobals<GlobalOptions & DoctorFlags>();
      requireRoot(options);
      const chosen = checks.filter(({ id }) => ids.length === 0 || ids.includes(id));
      const unknown = ids.find((id) => !checks.some((check) => check.id === id));
      if (unknown !== undefined) {
        this.error(`error: there is no check ${unknown}; they are: ${checks.map(({ id }) => id).join(", ")}`);
      }
      const host = hostOf(options);
      const before = await runChecks(chosen, await readSubject(host));
      const { after, failures } = options.fix
        ? await repaired(host, before)
        : { after: before, failures: new Map() };
      if (options.json) printJson(asData(after, before));
      else print(inWords(after, before, failures));
      if (errorsOf(after) > 0) process.exitCode = exitCodes.pending;
    });
}

/** What all checks find, as `doctor --json` gives it; nothing is repaired. */
export async function examine(host: Host): Promise<object> {
  const examined = await runChecks(checks, await readSubject(host));
  return asData(examined, examined);
}

async function readSubject(host: Host): Promise<Subject> {
  const [facts, release, generation, tasks, read] = await Promise.all([
    readFacts(host),
    readRelease(),
    currentGeneration(host),
    listTasks(host),
    readConfigOrWhy(host),
  ]);
  const { config, hash, why } = read;
  // With a broken config the machine is compared with the generation in use.
  const plan =
    config === undefined
      ? await makePlan(host, {
          desired: generation?.resources ?? [],
          lastWritten: generation?.resources ?? [],
          drift: "keep",
        })
      : (await readSituation(host, { drift: "keep" })).plan;
  return {
    host,
    config,
    configProblem: why,
    pending: generation !== undefined && hash !== undefined && generation.config !== hash,
    facts,
    release,
    generation,
    plan,
    tasks,
    now: Date.now(),
    lastCopy: await readCopyRecord(host),
    newerReleases: newerReleases(host, release),
    lookAsCanary: async () => config && lookAsCanary(host, config, { compute: true, seconds: 60 }),
  };
}

/** The registry has so long to answer: a doctor who is waited for longer is not asked. */
const registryMs = 8_000;

/** Asks once, however many want to know. */
function newerReleases(host: HostReader, { version, folder }: Release): Subject["newerReleases"] {
  let asked: ReturnType<Subject["newerReleases"]> | undefined;
  const ask = async () => {
    try {
      const published = await readPublished(host, fetcherOf(folder, process.env), registryMs);
      return choosePath(published, version);
    } catch (error) {
      return { problem: error instanceof HomeroomError ? error.message : String(error) };
    }
  };
  return () => (asked ??= ask());
}

async function readConfigOrWhy(
  host: Host,
): Promise<{ config?: Config; hash?: string; why: string | undefined }> {
  try {
    const { config, hash } = await readConfig(host);
    await readHubFragments(host);
    return { config, hash, why: undefined };
  } catch (error) {
    if (!(error instanceof HomeroomError)) throw error;
    return { why: `${error.message} ${error.remedy}` };
  }
}

/** Repairs, and looks again at what was found; what follows from a repair may need another round. */
async function repaired(
  host: Host,
  before: readonly Examined[],
): Promise<{ after: Examined[]; failures: Map<string, string> }> {
  const failures = await repair(host, before, async () => {
    await applyNow(host, "doctor --fix", { keep: true });
  });
  const after = await runChecks(
    before.map(({ check }) => check),
    await readSubject(host),
  );
  return { after, failures };
}

function errorsOf(examined: readonly Examined[]): number {
  return examined.flatMap(({ findings }) => findings).filter(({ severity }) => severity === "error").length;
}

/** `doctor --json`. */
function asData(after: readonly Examined[], before: readonly Examined[]): object {
  const found = after.flatMap(({ check, findings }) =>
    findings.map(({ severity, message, remedy }) => ({
      check: check.id,
      severity,
      message,
      remedy,
      fixable: check.fix !== undefined,
    })),
  );
  return {
    healthy: errorsOf(after) === 0,
    checked: after.map(({ check: { id, title, area }, milliseconds }) => ({
      id,
      title,
      area,
      seconds: Math.round(milliseconds) / 1000,
    })),
    problems: found,
    repaired: repairedChecks(after, before),
  };
}

function repairedChecks(after: readonly Examined[], before: readonly Examined[]): string[] {
  const still = new Set(after.filter(({ findings }) => findings.length > 0).map(({ check }) => check.id));
  return before
    .filter(({ check, findings }) => findings.length > 0 && !still.has(check.id))
    .map(({ check }) => check.id);
}

function inWords(
  after: readonly Examined[],
  before: readonly Examined[],
  failures: ReadonlyMap<string, string>,
): string {
  const mark = {
    error: styleText("red", "error", { stream: process.stdout }),
    warning: styleText("yellow", "warning", { stream: process.stdout }),
  };
  const lines = after.flatMap(({ check, findings }) =>
    findings.flatMap(({ severity, message, remedy }) => [
      `${mark[severity]} ${check.id}: ${message}`,
      `  ${remedy}`,
    ]),
  );
  for (const id of repairedChecks(after, before))
    lines.unshift(`${styleText("green", "repaired", { stream: process.stdout })} ${id}`);
  for (const [id, words] of failures) narrate(`The repair of ${id} failed: ${words}`);
  const fixable = after.some(({ check, findings }) => findings.length > 0 && check.fix !== undefined);
  if (fixable && before === after) lines.push("", "`sudo homeroom doctor --fix` repairs some of this.");
  const count = after.reduce((sum, { findings }) => sum + findings.length, 0);
  const verdict =
    count === 0 ? "nothing is wrong" : count === 1 ? "one thing to look at" : `${count} things to look at`;
  return [...lines, `${after.length} checks: ${verdict}.`].join("\n");
}
