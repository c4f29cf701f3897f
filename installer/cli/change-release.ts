import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { EditProblem } from "../../config/edit.ts";
import { loadConfig } from "../../config/load.ts";
import { maskText } from "../../config/secrets.ts";
import { exitCodes, HomeroomError } from "../errors.ts";
import type { Generation } from "../generations/generations.ts";
import type { Host } from "../host/host.ts";
import { readFacts } from "../resources/facts.ts";
import { hashOf } from "../resources/hash.ts";
import { migrateConfig } from "../upgrade/migrate-config.ts";
import { refuseMachine, refuseWay } from "../upgrade/refuse-release.ts";
import type { Applied } from "./apply-situation.ts";
import { applyNow, type ApplyFlags } from "./apply.ts";
import { lockConfig, readConfigFile } from "./config/config-file.ts";
import { narrate } from "./context.ts";
import { configPath } from "./read-config.ts";
import { readVersion } from "./read-release.ts";
import { readRosterFile } from "./users/roster-file.ts";

/**
 * Makes the machine of another release this one's: what `homeroom upgrade` and a newer bootstrap.sh come to. First
 * everything that could forbid it, then the config in this release's language, then plan and apply as for any change.
 * @throws HomeroomError where it can't be, with nothing changed, or of what failed, with everything taken back.
 */
export async function changeRelease(
  host: Host,
  before: Generation,
  flags: Pick<ApplyFlags, "yes" | "take" | "wheels">,
): Promise<Applied> {
  const release = await readVersion();
  refuseWay(before.release, release);
  await refuseMachine(host, await readFacts(host), release);
  await using _lock = await lockConfig(host, "upgrade");
  await refuseTrial(host);
  const text = await readLive(host, before);
  const configText = migrated(text, before.release, release);
  narrate(`From Homeroom ${before.release} to ${release}`);
  const applied = await applyNow(host, "upgrade", {
    take: flags.take,
    keep: true,
    asked: flags.yes,
    wheels: flags.wheels,
    configText,
    changesRelease: true,
  });
  if (applied.outcome === "applied") narrate(`Homeroom ${release} is in use.`);
  return applied;
}

/** A config that is only tried goes back by itself, and would take the release with it. */
async function refuseTrial(host: Host): Promise<void> {
  if ((await host.stat("/var/lib/homeroom/trial.json")) === undefined) return;
  throw new HomeroomError("A config is only being tried just now.", {
    remedy: "First sudo homeroom config keep, or sudo homeroom config revert.",
  });
}

/**
 * The config's text, which has to be what is live: a change of release changes nothing else, so that going back is
 * going back to what was.
 */
async function readLive(host: Host, { config, roster }: Generation): Promise<string> {
  const bytes = await readConfigFile(host);
  const people = await readRosterFile(host);
  if (
    bytes !== undefined &&
    hashOf(bytes) === config &&
    (people === undefined ? undefined : hashOf(people)) === roster
  ) {
    return bytes.toString("utf8");
  }
  throw new HomeroomError(`${configPath} or the roster differs from what is live.`, {
    remedy:
      "See it with `homeroom config diff`. Then sudo homeroom apply, or sudo homeroom config rollback to undo it.",
    exitCode: exitCodes.pending,
  });
}

/** The text in this release's language, shown as a diff; undefined where it is the same. */
function migrated(text: string, from: string, to: string): string | undefined {
  try {
    const { text: edited, changes } = migrateConfig(text, { from, to });
    if (edited === text) return undefined;
    narrate(`${configPath} is changed:\n${changes.map((words) => `  ${words}`).join("\n")}`);
    const [was, is] = [text, edited].map((each) =>
      maskText(each, loadConfig(each, { allowNotYet: true }).root),
    );
    const options = { context: 2, headerOptions: FILE_HEADERS_ONLY };
    narrate(createTwoFilesPatch(`Homeroom ${from}`, `Homeroom ${to}`, was ?? "", is ?? "", "", "", options));
    return edited;
  } catch (error) {
    if (!(error instanceof EditProblem)) throw error;
    throw new HomeroomError(`${configPath} can't be changed for Homeroom ${to}: ${error.message}`, {
      remedy: error.hint,
      exitCode: exitCodes.invalidConfig,
    });
  }
}
