import { loadConfig } from "../../../config/load.ts";
import type { Completion } from "../../../config/complete.ts";
import type { Config } from "../../../config/config.ts";
import type { MapNode } from "../../../config/document.ts";
import { listTaskIds } from "../../apply/journal.ts";
import type { HostReader } from "../../host/host.ts";
import { readAccounts } from "../../resources/accounts-file.ts";
import { configPath, readConfig } from "../read-config.ts";

/** Names of this machine that may be completed; empty where there are none, or where only root may know them. */
export interface KnownNames {
  /** The config as it is written. */
  config(): Promise<MapNode | undefined>;
  people(): Promise<string[]>;
  groups(): Promise<string[]>;
  generations(): Promise<Completion[]>;
  tasks(): Promise<string[]>;
}

const accountPrefix = "jupyter-";

/** Names that are read when they are asked for, and never a reason to fail. */
export function knownNames(host: HostReader): KnownNames {
  return {
    config: () => orNothing(async () => loadConfig((await host.read(configPath)) ?? "").root, undefined),
    async people() {
      const { allowed, admin, banned } = await listedUsers(host);
      const accounts = await orNothing(() => accountNames(host), []);
      return [...new Set([...allowed, ...admin, ...banned, ...accounts])];
    },
    groups: async () => Object.keys((await listedUsers(host)).extraUserGroups),
    generations: () => orNothing(() => generationNumbers(host), []),
    tasks: () => orNothing(() => listTaskIds(host), []),
  };
}

async function orNothing<T>(read: () => Promise<T>, nothing: T): Promise<T> {
  try {
    return await read();
  } catch {
    return nothing;
  }
}

type Users = Pick<Config["users"], "allowed" | "admin" | "banned" | "extraUserGroups">;

/** Of config and roster. */
async function listedUsers(host: HostReader): Promise<Users> {
  const nobody: Users = { allowed: [], admin: [], banned: [], extraUserGroups: {} };
  return orNothing(async () => (await readConfig(host)).config.users, nobody);
}

/** Everybody may read passwd(5): accounts whose name is the person's own. */
async function accountNames(host: HostReader): Promise<string[]> {
  const accounts = [...(await readAccounts(host)).users.keys()];
  return accounts.flatMap((name) =>
    name.startsWith(accountPrefix) ? [name.slice(accountPrefix.length)] : [],
  );
}

/** Newest first, each with the time it was made. */
async function generationNumbers(host: HostReader): Promise<Completion[]> {
  const folder = "/var/lib/homeroom/generations";
  const numbers = (await host.list(folder)).filter((name) => /^\d+$/.test(name)).toReversed();
  return Promise.all(
    numbers.map(async (name) => {
      const made = new Date((await host.stat(`${folder}/${name}`))?.mtimeMs ?? 0).toISOString();
      return { value: String(Number(name)), description: `of ${made.slice(0, 16).replace("T", " ")} UTC` };
    }),
  );
}
