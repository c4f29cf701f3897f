import { compareConfigs } from "../../config/compare.ts";
import { loadConfig } from "../../config/load.ts";
import { compareRosters } from "../../config/roster/compare-rosters.ts";
import { readGenerationConfig, readGenerationRoster, type Generation } from "../generations/generations.ts";
import type { HostReader } from "../host/host.ts";

/** What was asked for: the two files that people write, and the release that reads them. */
export interface Asked {
  config: string;
  roster: string | undefined;
  release: string;
}

/** What a generation asked for; undefined where its texts are gone. */
export async function readKept(
  host: HostReader,
  { number, release }: Pick<Generation, "number" | "release">,
): Promise<Asked | undefined> {
  const config = await readGenerationConfig(host, number);
  return config === undefined
    ? undefined
    : { config, roster: await readGenerationRoster(host, number), release };
}

/** What differs between two of them, a change an item, secrets hidden; empty where nothing does. */
export function describeChanges(before: Asked, after: Asked): string[] {
  const release = before.release === after.release ? [] : [`Homeroom ${after.release}`];
  const [was, is] = [before.config, after.config].map(
    (text) => loadConfig(text, { allowNotYet: true }).config,
  );
  const config = was === undefined || is === undefined ? [] : compareConfigs(was, is);
  const layout = config.length === 0 && before.config !== after.config ? ["comments or layout"] : [];
  return [...release, ...config, ...layout, ...compareRosters(before.roster, after.roster)];
}
