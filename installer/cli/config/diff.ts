import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { parse } from "../../../config/parse.ts";
import { maskText } from "../../../config/secrets.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import {
  currentGeneration,
  readGenerationConfig,
  readGenerationRoster,
} from "../../generations/generations.ts";
import type { Host } from "../../host/host.ts";
import { hostOf, narrate, print, requireRoot, type GlobalOptions } from "../context.ts";
import { configPath } from "../read-config.ts";
import { readRosterFile } from "../users/roster-file.ts";
import { readConfigFile } from "./config-file.ts";

/**
 * `homeroom config diff [A] [B]`: two generations, or one and the files, as a unified diff with secrets hidden.
 * Without A the one in use is meant, without B the files as they are now. Exit code 2 where they differ.
 */
export async function showDiff(
  a: string | undefined,
  b: string | undefined,
  options: GlobalOptions,
): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const from = a === undefined ? await currentNumber(host) : numberOf(a);
  const to = b === undefined ? undefined : numberOf(b);
  const [before, after] = await Promise.all([textsOf(host, from), textsOf(host, to)]);
  const patches = [
    ...patchOf(nameOf(from), nameOf(to), masked(before.config), masked(after.config)),
    ...patchOf(`roster of ${nameOf(from)}`, `roster of ${nameOf(to)}`, before.roster, after.roster),
  ];
  const onlySecrets = patches.length === 0 && before.config !== after.config;
  if (patches.length === 0 && !onlySecrets) return narrate("No difference.");
  if (onlySecrets) narrate("Only secrets differ, which are not shown.");
  else print(patches.join(""));
  process.exitCode = exitCodes.pending;
}

function patchOf(from: string, to: string, before: string, after: string): string[] {
  if (before === after) return [];
  const options = { context: 2, headerOptions: FILE_HEADERS_ONLY };
  return [createTwoFilesPatch(from, to, before, after, "", "", options)];
}

/**
 * The number of a generation as typed.
 * @throws HomeroomError (exit code 64) where it is none.
 */
export function numberOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new HomeroomError(`${JSON.stringify(text)} is not the number of a generation.`, {
    remedy: "`homeroom config history` lists them.",
    exitCode: exitCodes.usage,
  });
}

async function currentNumber(host: Host): Promise<number> {
  const generation = await currentGeneration(host);
  if (generation !== undefined) return generation.number;
  throw new HomeroomError("There is no generation yet.", { remedy: "Type: sudo homeroom install" });
}

/** A generation's config and roster, or the files as they are now. */
async function textsOf(host: Host, number: number | undefined): Promise<{ config: string; roster: string }> {
  const [config, roster] = await Promise.all(
    number === undefined
      ? [readConfigFile(host).then((bytes) => bytes?.toString("utf8")), readRosterFile(host)]
      : [readGenerationConfig(host, number), readGenerationRoster(host, number)],
  );
  if (config !== undefined) return { config, roster: roster ?? "" };
  throw new HomeroomError(
    number === undefined ? `There is no ${configPath}.` : `There is no generation ${number}.`,
    {
      remedy: "`homeroom config history` lists them.",
    },
  );
}

function nameOf(number: number | undefined): string {
  return number === undefined ? configPath : `generation ${number}`;
}

function masked(text: string): string {
  return maskText(text, parse(text).root);
}
