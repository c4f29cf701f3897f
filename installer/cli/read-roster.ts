import type { Config } from "../../config/config.ts";
import type { Problem } from "../../config/problem.ts";
import { loadRoster } from "../../config/roster/load-roster.ts";
import type { RosterEntry } from "../../config/roster/roster.ts";
import { sharedAccount } from "../desired/account-name.ts";
import { exitCodes, HomeroomError } from "../errors.ts";
import type { HostReader } from "../host/host.ts";
import { hashOf } from "../resources/hash.ts";
import { refuseErrors } from "./problem-words.ts";

export const rosterPath = "/etc/homeroom/roster.csv";

export interface ReadRoster {
  /** Undefined where there is no file, which is a roster without people. */
  text: string | undefined;
  /** sha256 of the text; undefined where there is no file. */
  hash: string | undefined;
  entries: RosterEntry[];
  warnings: Problem[];
}

/**
 * The roster, checked against itself and the config.
 * @throws HomeroomError (exit code 78) with every problem, each with line, column and what would be right.
 */
export async function readRoster(host: HostReader, config: Config): Promise<ReadRoster> {
  const bytes = await host.read(rosterPath);
  if (bytes === undefined) {
    if ((await host.stat(rosterPath)) === undefined) {
      return { text: undefined, hash: undefined, entries: [], warnings: [] };
    }
    throw new HomeroomError(`${rosterPath} is a link or a folder, not a file.`, {
      remedy: "Put the file itself there: whoever may change what a link points to could let people in.",
      exitCode: exitCodes.invalidConfig,
    });
  }
  const { entries, warnings } = entriesOf(bytes, config, rosterPath);
  return { text: bytes.toString("utf8"), hash: hashOf(bytes), entries, warnings };
}

/** The people of a roster's text. @throws HomeroomError (exit code 78) where it has errors. */
export function entriesOf(
  text: string | Uint8Array,
  config: Config,
  path: string,
): { entries: RosterEntry[]; warnings: Problem[] } {
  const { entries, problems } = loadRoster(text, { config, accountOf: sharedAccount });
  return entries === undefined ? refuseErrors(problems, path) : { entries, warnings: problems };
}
