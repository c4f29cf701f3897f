import { HomeroomError } from "../../errors.ts";
import {
  currentGeneration,
  listGenerations,
  readGeneration,
  type Generation,
} from "../../generations/generations.ts";
import type { Host, HostReader } from "../../host/host.ts";
import { hostOf, narrate, requireRoot, type GlobalOptions } from "../context.ts";
import { describeChanges, readKept, type Asked } from "../describe-changes.ts";
import { readVersion } from "../read-release.ts";
import { readRosterFile, writeRosterFile } from "../users/roster-file.ts";
import { applyOrRestore } from "./apply-or-restore.ts";
import { lockConfig, readConfigFile, writeConfigFile } from "./config-file.ts";
import { numberOf } from "./diff.ts";
import { keepUnapplied } from "./kept-text.ts";
import { whatStays } from "./what-stays.ts";

/** `homeroom config rollback [GENERATION]`: an earlier config and roster again, by the same way as any change. */
export async function rollback(
  generation: string | undefined,
  options: GlobalOptions & { yes?: true },
): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const number = generation === undefined ? await numberBefore(host) : numberOf(generation);
  const release = (await readGeneration(host, number))?.release;
  if (release !== undefined && release !== (await readVersion())) {
    const { rollbackByRelease } = await import("./rollback-by-release.ts");
    process.exitCode = await rollbackByRelease(host, { release, generation: number, yes: options.yes });
    return;
  }
  await using _lock = await lockConfig(host, "config rollback");
  await goBackTo(host, number, "config rollback", options.yes);
}

/**
 * Says what going back to a generation changes and what it does not bring back; then writes its config and roster
 * into their files and applies them. Where that fails or is declined the files are as they were before. To be called
 * under the config's lock.
 * @throws HomeroomError where there is no such generation, or of the step or check that failed.
 */
export async function goBackTo(
  host: Host,
  number: number,
  command: string,
  yes: true | undefined,
): Promise<void> {
  const { generation, asked } = await keptGeneration(host, number);
  const before = await readWritten(host);
  await tell(host, generation, before, asked);
  await keepUnapplied(host, before.config);
  // A config that another release reads is a step of the task, so that whatever takes it back takes back both.
  const changesRelease = before.release === asked.release ? undefined : true;
  if (!changesRelease) await writeConfigFile(host, asked.config);
  await writeRosterFile(host, asked.roster);
  await applyOrRestore(host, {
    command,
    flags: { yes, changesRelease, configText: changesRelease && asked.config },
    written: asked.config,
    async restore() {
      await writeConfigFile(host, before.config);
      await writeRosterFile(host, before.roster);
      return "The config is as it was.";
    },
  });
}

async function keptGeneration(
  host: HostReader,
  number: number,
): Promise<{ generation: Generation; asked: Asked }> {
  const generation = await readGeneration(host, number);
  const asked = generation && (await readKept(host, generation));
  if (generation !== undefined && asked !== undefined) return { generation, asked };
  throw new HomeroomError(`There is no generation ${number}.`, {
    remedy: "`homeroom config history` lists them.",
  });
}

async function readWritten(host: Host): Promise<Asked> {
  return {
    config: (await readConfigFile(host))?.toString("utf8") ?? "",
    roster: await readRosterFile(host),
    release: (await currentGeneration(host))?.release ?? (await readVersion()),
  };
}

async function tell(host: Host, generation: Generation, before: Asked, after: Asked): Promise<void> {
  const { number, created, who } = generation;
  narrate(`Back to generation ${number}, made ${created.slice(0, 16).replace("T", " ")} UTC by ${who}:`);
  const changes = describeChanges(before, after);
  for (const change of changes.length === 0 ? ["nothing that was asked for"] : changes)
    narrate(`  ${change}`);
  narrate("What that does not bring back:");
  for (const words of await whatStays(host, generation, before, after)) narrate(`  ${words}`);
}

/** The one before the one in use. */
async function numberBefore(host: Host): Promise<number> {
  const current = (await currentGeneration(host))?.number ?? 0;
  const before = (await listGenerations(host)).findLast((number) => number < current);
  if (before !== undefined) return before;
  throw new HomeroomError("There is no generation before this one.", {
    remedy: "`homeroom config history` lists them.",
  });
}
