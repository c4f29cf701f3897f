import { loadConfig, type Loaded } from "../../config/load.ts";
import type { Config } from "../../config/config.ts";
import type { Problem } from "../../config/problem.ts";
import { withRoster } from "../../config/roster/people.ts";
import { accountName } from "../desired/account-name.ts";
import { exitCodes, HomeroomError } from "../errors.ts";
import type { HostReader } from "../host/host.ts";
import { hashOf } from "../resources/hash.ts";
import { followTrusted } from "./trusted-path.ts";
import { inWords, refuseErrors } from "./problem-words.ts";
import { readRoster, rosterPath, type ReadRoster } from "./read-roster.ts";

export const configPath = "/etc/homeroom/config.yaml";

export interface ReadConfig {
  /** Where the file lies, links followed. */
  path: string;
  text: string;
  /** sha256 of the text. */
  hash: string;
  /** With the people of the roster in its lists. */
  config: Config;
  roster: ReadRoster;
  /** As compilers write them, with the file's path in front. */
  warnings: string[];
}

/**
 * The config file and the roster beside it, both checked.
 * @param instead a text to go by instead of the file's
 * @throws HomeroomError (exit code 78) with every problem, each with line, column and what would be right.
 */
export async function readConfig(host: HostReader, instead?: string): Promise<ReadConfig> {
  const path = await followTrusted(host, configPath);
  const bytes = await host.read(path);
  if (bytes === undefined && (await host.stat(path)) !== undefined) {
    throw new HomeroomError(`${path} is not a file.`, {
      remedy: "Put the file itself there.",
      exitCode: exitCodes.invalidConfig,
    });
  }
  if (bytes === undefined) {
    throw new HomeroomError(`There is no ${configPath} on this machine.`, {
      remedy: "Run `sudo homeroom install`: it asks what it needs to know and writes the file.",
    });
  }
  const text = instead ?? bytes.toString("utf8");
  const { config, warnings } = configOf(loadConfig(instead ?? bytes, { accountOf: accountName }), configPath);
  const roster = await readRoster(host, config);
  const everybody = withRoster(config, roster.entries);
  return {
    path,
    text,
    hash: hashOf(instead ?? bytes),
    config: everybody,
    roster,
    warnings: [
      ...warnings.map((warning) => inWords(warning, configPath)),
      ...roster.warnings.map((warning) => inWords(warning, rosterPath)),
    ],
  };
}

/** The config of a loaded text. @throws HomeroomError (exit code 78) where it has errors. */
export function configOf(
  { config, problems }: Loaded,
  path: string,
): { config: Config; warnings: Problem[] } {
  if (config !== undefined && !problems.some(({ severity }) => severity === "error")) {
    return { config, warnings: problems };
  }
  return refuseErrors(problems, path);
}
