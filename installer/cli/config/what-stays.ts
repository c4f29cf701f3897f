import { loadConfig } from "../../../config/load.ts";
import { loadRoster } from "../../../config/roster/load-roster.ts";
import { withRoster } from "../../../config/roster/people.ts";
import { accountName } from "../../desired/account-name.ts";
import type { Generation } from "../../generations/generations.ts";
import type { HostReader } from "../../host/host.ts";
import { refOf } from "../../resources/resource.ts";
import type { Asked } from "../describe-changes.ts";

/** More homes than these are counted instead. */
const mostNames = 10;

/** What a rollback to a generation cannot bring back, a sentence each. */
export async function whatStays(
  host: HostReader,
  generation: Generation,
  before: Asked,
  after: Asked,
): Promise<string[]> {
  const gone = await deletedHomes(host, generation, namesIn(before), namesIn(after));
  return [
    ...(gone.length === 0 ? [] : [homesWords(gone)]),
    ...(before.release === after.release
      ? []
      : [
          `What the hub's own database has gained (who is logged in, tokens), where Homeroom ${after.release} reads it in another form.`,
        ]),
    "Homes, passwords, packages that were installed by hand, and what lies in /etc/homeroom/jupyterhub_config.d: they stay as they are now.",
  ];
}

function homesWords(names: readonly string[]): string {
  const shown = names.length > mostNames ? `${names.length} people` : names.join(", ");
  return `Deleted homes: those of ${shown} are gone and begin empty.`;
}

/** People who come back, who had an account then, and whose home is not there any more. */
async function deletedHomes(
  host: HostReader,
  { resources }: Generation,
  now: ReadonlySet<string>,
  then: ReadonlySet<string>,
): Promise<string[]> {
  const accounts = new Map(resources.map((resource) => [refOf(resource.kind, resource.id), resource.state]));
  const gone: string[] = [];
  for (const name of then) {
    if (now.has(name)) continue;
    const state = accounts.get(refOf("account", accountName(name))) as { home: string } | undefined;
    if (state !== undefined && (await host.stat(state.home)) === undefined) gone.push(name);
  }
  return gone;
}

function namesIn({ config, roster }: Asked): Set<string> {
  const loaded = loadConfig(config, { allowNotYet: true }).config;
  if (loaded === undefined) return new Set();
  const { allowed, admin, extraUserGroups } = withRoster(
    loaded,
    loadRoster(roster ?? "").entries ?? [],
  ).users;
  return new Set([...allowed, ...admin, ...Object.values(extraUserGroups).flat()]);
}
