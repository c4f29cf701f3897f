import { HomeroomError } from "../../errors.ts";
import {
  currentGeneration,
  listGenerations,
  readGenerationConfig,
  readGenerationRoster,
} from "../../generations/generations.ts";
import type { Host } from "../../host/host.ts";
import { applyNow } from "../apply.ts";
import { hostOf, narrate, requireRoot, type GlobalOptions } from "../context.ts";
import { lockConfig, readConfigFile, writeConfigFile } from "./config-file.ts";
import { readRosterFile, writeRosterFile } from "../users/roster-file.ts";
import { numberOf } from "./diff.ts";

/** `homeroom config rollback [GENERATION]`: an earlier config and roster again, by the same way as any change. */
export async function rollback(
  generation: string | undefined,
  options: GlobalOptions & { yes?: true },
): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const number = generation === undefined ? await numberBefore(host) : numberOf(generation);
  await goBackTo(host, number, "config rollback", options.yes);
}

/**
 * Writes a generation's config and roster into their files and applies them. Where that fails or is declined the
 * files are as they were before.
 */
export async function goBackTo(
  host: Host,
  number: number,
  command: string,
  yes: true | undefined,
): Promise<void> {
  const text = await readGenerationConfig(host, number);
  if (text === undefined) {
    throw new HomeroomError(`There is no generation ${number}.`, {
      remedy: "`homeroom config history` lists them.",
    });
  }
  const roster = await readGenerationRoster(host, number);
  await using _lock = await lockConfig(host);
  const before = (await readConfigFile(host))?.toString("utf8");
  const rosterBefore = await readRosterFile(host);
  await writeConfigFile(host, text);
  await writeRosterFile(host, roster);
  const people = roster === rosterBefore ? "" : " and so is the roster";
  narrate(
    `The config is that of generation ${number} again${people}. Homes, accounts and installed packages stay as they are.`,
  );
  const restore = async () => {
    if (before !== undefined) await writeConfigFile(host, before);
    await writeRosterFile(host, rosterBefore);
  };
  try {
    const { outcome } = await applyNow(host, command, { yes });
    if (outcome === "declined") await restore();
  } catch (error) {
    await restore();
    throw error;
  }
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
