import type { Host, HostReader } from "../host/host.ts";
import { readAccounts } from "../resources/accounts-file.ts";
import { removeProgram } from "./last-step.ts";
import { purgeRests } from "./packages.ts";
import { programTree, wholeTrees } from "./removal-plan.ts";

/** What systemd keeps of units of its own accord: what set-property wrote, and when a timer last struck. */
const kept: readonly (readonly [folder: string, prefix: string])[] = [
  ["/etc/systemd/system.control", "homeroom"],
  ["/var/lib/systemd/timers", "stamp-homeroom"],
];

export interface Traces {
  /** Packages that the plan took away, or an earlier one was going to. */
  packages: readonly string[];
  /** What the command itself needs to start. */
  lastPackages: readonly string[];
  /** People's accounts and homes, the config and the roster go too. */
  purge: boolean;
}

/** Stops everything that runs as an account which closes or goes: servers, and what is still being compiled. */
export async function stopServices(host: Host): Promise<void> {
  await stop(host, [...patterns, "homeroom-users.slice"]);
}

/** By systemd's names of what is loaded; paths and timers first, as they start services. */
const patterns = ["homeroom-*.path", "homeroom-*.timer", "homeroom-*.service"];

async function stop(host: Host, units: readonly string[]): Promise<void> {
  await host.run(["systemctl", "stop", "--", ...units], { okCodes: [0, 5], timeoutMs: 5 * 60_000 });
}

/**
 * What a plan does not name: accounts that came at a first login, what a killed apt-get left, what systemd keeps
 * of units, our own folders, and last the command. Idempotent, so an interrupted removal is finished by another.
 */
export async function removeTraces(host: Host, { packages, lastPackages, purge }: Traces): Promise<void> {
  for (const name of await peopleOf(host)) await (purge ? removePerson(host, name) : closePerson(host, name));
  await purgeRests(host, packages);
  for (const [folder, prefix] of kept) {
    for (const name of await host.list(folder)) {
      if (name.startsWith(prefix)) await host.removeTree(`${folder}/${name}`);
    }
  }
  // Units outlive their files, and slices what was in them.
  await stop(host, [...patterns, "homeroom-*.socket", "homeroom.slice"]);
  await host.run(["systemctl", "daemon-reload"]);
  await host.run(["systemctl", "reset-failed", "--", "homeroom*"], { okCodes: [0, 1] });
  if (purge) await host.removeTree("/etc/homeroom");
  for (const tree of wholeTrees) if (tree !== programTree) await host.removeTree(tree);
  await removeProgram(host, lastPackages);
}

/** Accounts of people, also those that nobody named in the config. */
export async function peopleOf(host: HostReader): Promise<string[]> {
  const { users } = await readAccounts(host);
  return [...users.values()]
    .filter(({ name, home }) => home === `/home/${name}` && name.startsWith("jupyter-"))
    .map(({ name }) => name);
}

/** Nobody can log in as them; entry and home stay, so that the files are still somebody's. */
async function closePerson(host: Host, name: string): Promise<void> {
  await host.run(["usermod", "--expiredate", "1", "--", name]);
}

async function removePerson(host: Host, name: string): Promise<void> {
  await host.run(["userdel", "--", name]);
  await host.removeTree(`/home/${name}`);
}
