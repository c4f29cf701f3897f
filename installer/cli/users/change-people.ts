import { accountName } from "../../desired/account-name.ts";
import { HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { configOf, configPath, readConfig, type ReadConfig } from "../read-config.ts";
import { entriesOf, rosterPath } from "../read-roster.ts";
import { loadConfig } from "../../../config/load.ts";
import type { Applied } from "../apply-situation.ts";
import { lockConfig, writeConfigFile } from "../config/config-file.ts";
import { narrate } from "../context.ts";
import { writeRosterFile } from "./roster-file.ts";

/** The two files in which people are written. */
export interface PeopleTexts {
  config: string;
  roster: string | undefined;
}

/** What a change writes. */
export interface PeopleChange extends PeopleTexts {
  /** Takes back what was done beside the two files (passwords that were made). */
  takeBack?: () => Promise<void>;
}

/** "declined": the person said no. */
type Edited = PeopleChange | undefined | "declined";

export interface ChangeOptions {
  /** As typed after `homeroom`. */
  command: string;
  /** commander's name for the absence of --no-apply. */
  apply?: boolean | undefined;
  /** What the two files are to be; undefined, or the same texts, where there is nothing to change. */
  edit: (read: ReadConfig) => Edited | Promise<Edited>;
}

/**
 * Changes the people of the hub as one change: checked before anything is written, applied afterwards. Where that
 * fails both files are as they were before.
 * @returns undefined where there was nothing to change, or it was only written
 * @throws HomeroomError (exit code 78) where the result would not be valid.
 */
export async function changePeople(
  host: Host,
  { command, apply, edit }: ChangeOptions,
): Promise<Applied | undefined> {
  await using _lock = await lockConfig(host, command);
  const read = await readConfig(host);
  const before = { config: read.text, roster: read.roster.text };
  const after = await edit(read);
  if (after === "declined") {
    narrate("Nothing is changed.");
    return undefined;
  }
  if (after === undefined || (after.config === before.config && after.roster === before.roster)) {
    narrate("Nothing to change: it is so already.");
    return undefined;
  }
  try {
    check(after);
    await write(host, before, after);
    if (apply !== false) {
      const { applyNow } = await import("../apply.ts");
      return await applyNow(host, command, { keep: true, asked: true });
    }
    narrate("Written. It holds after: sudo homeroom apply");
    return undefined;
  } catch (error) {
    await write(host, after, before);
    await after.takeBack?.();
    if (!(error instanceof HomeroomError)) throw error;
    const remedy = `${error.remedy}\nThe list of people is as it was.`;
    throw new HomeroomError(error.message, { remedy, exitCode: error.exitCode, cause: error });
  }
}

function check({ config, roster }: PeopleTexts): void {
  const checked = configOf(loadConfig(config, { accountOf: accountName }), configPath);
  entriesOf(roster ?? "", checked.config, rosterPath);
}

async function write(host: Host, from: PeopleTexts, to: PeopleTexts): Promise<void> {
  if (to.config !== from.config) await writeConfigFile(host, to.config);
  if (to.roster !== from.roster) await writeRosterFile(host, to.roster);
}
