import { countProblems, formatProblems, problemsToJson } from "../../../config/format.ts";
import { loadConfig } from "../../../config/load.ts";
import { loadRoster } from "../../../config/roster/load-roster.ts";
import { sharedAccount } from "../../desired/account-name.ts";
import { exitCodes } from "../../errors.ts";
import { wantsColor } from "../config/output.ts";
import { readText } from "../config/read-text.ts";
import { hostOf, narrate, print, requireRoot, type GlobalOptions } from "../context.ts";
import { configOf, configPath } from "../read-config.ts";
import { rosterPath } from "../read-roster.ts";
import { followTrusted } from "../trusted-path.ts";

/** `homeroom users check [FILE]`: a roster against itself and the config; exit 0 without errors, 78 with some. */
export async function checkRoster(
  file: string | undefined,
  options: GlobalOptions & { json?: true },
): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const written = await host.read(await followTrusted(host, configPath));
  const { config } = configOf(loadConfig(written ?? ""), configPath);
  const bytes = file === undefined ? await host.read(rosterPath) : (await readText(file)).bytes;
  const { problems, entries } = loadRoster(bytes ?? "", { config, accountOf: sharedAccount });
  const name = file ?? rosterPath;
  if (options.json) print(problemsToJson(problems));
  else if (problems.length > 0)
    print(formatProblems(problems, { file: name, color: wantsColor(process.stdout) }));
  else print(`${name}: no problems, ${counted(entries?.length ?? 0)} in it.`);
  if (entries === undefined) process.exitCode = exitCodes.invalidConfig;
  else if (problems.length > 0 && !options.json) narrate(`${countProblems(problems)}: the roster is valid.`);
}

function counted(people: number): string {
  return people === 0 ? "nobody" : people === 1 ? "1 person" : `${people} people`;
}
