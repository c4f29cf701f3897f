import { loadConfig, type Loaded } from "../../config/load.ts";
import type { Config } from "../../config/config.ts";
import type { Problem } from "../../config/problem.ts";
import { exitCodes, HomeroomError } from "../errors.ts";
import type { HostReader } from "../host/host.ts";
import { hashOf } from "../resources/hash.ts";

export const configPath = "/etc/homeroom/config.yaml";

export interface ReadConfig {
  text: string;
  /** sha256 of the text. */
  hash: string;
  config: Config;
  warnings: Problem[];
}

/**
 * The config file, checked.
 * @throws HomeroomError (exit code 78) with every problem, each with line, column and what would be right.
 */
export async function readConfig(host: HostReader): Promise<ReadConfig> {
  const bytes = await host.read(configPath);
  if (bytes === undefined && (await host.stat(configPath)) !== undefined) {
    throw new HomeroomError(`${configPath} is a link or a folder, not a file.`, {
      remedy: "Put the file itself there: whoever may change what a link points to could rule the machine.",
      exitCode: exitCodes.invalidConfig,
    });
  }
  if (bytes === undefined) {
    throw new HomeroomError(`There is no ${configPath} on this machine.`, {
      remedy: "Run `sudo homeroom install`: it asks what it needs to know and writes the file.",
    });
  }
  const loaded = loadConfig(bytes);
  return { text: bytes.toString("utf8"), hash: hashOf(bytes), ...configOf(loaded, configPath) };
}

/** The config of a loaded text. @throws HomeroomError (exit code 78) where it has errors. */
export function configOf(
  { config, problems }: Loaded,
  path: string,
): { config: Config; warnings: Problem[] } {
  const errors = problems.filter(({ severity }) => severity === "error");
  if (config !== undefined && errors.length === 0) return { config, warnings: problems };
  throw new HomeroomError(
    `${path} has ${errors.length === 1 ? "an error" : `${errors.length} errors`}; nothing was changed.`,
    {
      remedy: errors.map((problem) => inWords(problem, path)).join("\n"),
      exitCode: exitCodes.invalidConfig,
    },
  );
}

/** A problem as compilers write it, so that editors can jump to it. */
export function inWords(
  { line, column, severity, message, hint, excerpt, excerptColumn }: Problem,
  path: string,
): string {
  const mark = excerpt === "" ? "" : `\n    ${excerpt}\n    ${" ".repeat(excerptColumn - 1)}^`;
  return `${path}:${line}:${column}: ${severity}: ${message} ${hint}${mark}`;
}
