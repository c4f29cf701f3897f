import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { loadConfig } from "../../../config/load.ts";
import { maskText } from "../../../config/secrets.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import { currentGeneration, readGenerationConfig } from "../../generations/generations.ts";
import type { Host } from "../../host/host.ts";
import { hostOf, narrate, print, requireRoot, type GlobalOptions } from "../context.ts";
import { configPath } from "../read-config.ts";
import { readConfigFile } from "./config-file.ts";

/**
 * `homeroom config diff [A] [B]`: two generations, or one and the file, as a unified diff with secrets hidden.
 * Without A the one in use is meant, without B the file as it is now. Exit code 2 where they differ.
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
  const [before, after] = await Promise.all([textOf(host, from), textOf(host, to)]);
  if (before === after) return narrate("No difference.");
  print(
    createTwoFilesPatch(nameOf(from), nameOf(to), masked(before), masked(after), "", "", {
      context: 2,
      headerOptions: FILE_HEADERS_ONLY,
    }),
  );
  process.exitCode = exitCodes.pending;
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

/** A generation's config, or the file as it is now. */
async function textOf(host: Host, number: number | undefined): Promise<string> {
  const text =
    number === undefined
      ? (await readConfigFile(host))?.toString("utf8")
      : await readGenerationConfig(host, number);
  if (text !== undefined) return text;
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
  return maskText(text, loadConfig(text).root);
}
