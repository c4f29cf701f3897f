import { waitsForNextStart } from "../../config/compare.ts";
import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { loadRoster } from "../../config/roster/load-roster.ts";
import { withRoster } from "../../config/roster/people.ts";
import { accountName, accountOfInstance } from "../desired/account-name.ts";
import type { HostReader } from "../host/host.ts";
import { isRunning } from "../resources/service.ts";
import { showUnits } from "../resources/systemctl.ts";
import { unescapeUnitPart } from "../systemd/unit-escape.ts";
import { describeChanges, readKept } from "./describe-changes.ts";
import type { Situation } from "./situation.ts";

/** Who is there to notice a plan, and what of it a person asked for. */
export interface Audience {
  /** Accounts whose notebook server runs. */
  running: string[];
  /** What differs in config and roster from the generation in use. */
  changes: string[];
  /** Something changes that running servers take up only when they are started again. */
  waitsForNextStart: boolean;
  /** People who may not log in any more and whose server runs, by hub name. */
  stopped: string[];
}

const unit = /^homeroom-user@(.+)\.service$/;

/** Reads who is at work now. */
export async function readAudience(
  host: HostReader,
  { generation, read, release }: Situation,
): Promise<Audience> {
  const units = await showUnits(host, ["homeroom-user@*.service"], ["ActiveState"]);
  const running = [...units].flatMap(([id, properties]) =>
    isRunning(properties) ? [accountOfInstance(unescapeUnitPart(unit.exec(id)?.[1] ?? "") ?? id)] : [],
  );
  const before = generation && (await readKept(host, generation));
  const was = before && configOf(before.config, before.roster);
  if (before === undefined || was === undefined)
    return { running, changes: [], waitsForNextStart: false, stopped: [] };
  const after = { config: read.text, roster: read.roster.text, release: release.version };
  return {
    running,
    changes: describeChanges(before, after),
    waitsForNextStart: waitsForNextStart(was, read.config),
    stopped: shutOut(was, read.config).filter((name) => running.includes(accountName(name))),
  };
}

function configOf(text: string, roster: string | undefined): Config | undefined {
  const { config } = loadConfig(text, { allowNotYet: true });
  return config && withRoster(config, loadRoster(roster ?? "").entries ?? []);
}

/** Those who were let in and are not any more (roster_sync.py ends their servers). */
function shutOut({ users: was }: Config, { users: is }: Config): string[] {
  const banned = new Set(is.banned);
  const listed = new Set([...is.allowed, ...is.admin]);
  const gone = [...was.allowed, ...was.admin].filter(
    (name) => banned.has(name) || (!is.open && !listed.has(name)),
  );
  return [...new Set([...gone, ...is.banned.filter((name) => !was.banned.includes(name))])];
}
