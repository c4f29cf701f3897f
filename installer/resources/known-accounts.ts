import type { HostReader } from "../host/host.ts";
import { openAccountsFolder } from "./account.ts";
import { readAccounts } from "./accounts-file.ts";
import { tombstonesFolder } from "./closed-account.ts";

/** People's accounts on this machine, by name. */
export interface KnownAccounts {
  /** In passwd(5), open or not. */
  made: ReadonlySet<string>;
  /** May be used. */
  open: ReadonlySet<string>;
  /** Of removed people. */
  tombstones: ReadonlySet<string>;
}

/** Names alone: two directories are listed, and passwd is read, which others need too. */
export async function readKnownAccounts(host: HostReader): Promise<KnownAccounts> {
  const [{ users }, open, tombstones] = await Promise.all([
    readAccounts(host),
    host.list(openAccountsFolder),
    host.list(tombstonesFolder),
  ]);
  return {
    made: new Set([...users.keys()].filter((name) => name.startsWith("jupyter-"))),
    open: new Set(open),
    tombstones: new Set(tombstones),
  };
}
