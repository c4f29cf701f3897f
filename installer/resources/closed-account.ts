import type { Host, HostReader } from "../host/host.ts";
import { markOpen, openAccountsFolder } from "./account.ts";
import { readAccounts } from "./accounts-file.ts";
import type { ResourceKind } from "./resource.ts";
import { isExpired, readExpiries } from "./shadow-file.ts";
import { endServerOf } from "./end-server.ts";

export interface ClosedAccountState {
  /** "banned": for as long as the ban holds. "removed": a tombstone, whose home is deleted some day. */
  why: "banned" | "removed";
}

/** What is kept of a closed account, in a file of its name. */
export const tombstonesFolder = "/var/lib/homeroom/tombstones";
export const bansFolder = "/var/lib/homeroom/bans";

/** A removed person. */
export interface Tombstone {
  /** What the hub called the person; "" where nobody knew. */
  name: string;
  /** When the account was closed; ISO 8601, UTC. */
  removed: string;
  /** When the log said that the home will be deleted; absent before. */
  announced?: string;
}

/**
 * An account that its owner may not use (any more); its id is the name. The account and the home stay as they are,
 * nothing can be started with them, and what ran is ended. Taken back, everything is as it was.
 */
export const closedAccount: ResourceKind<ClosedAccountState> = {
  kind: "closed-account",
  exclusive: "accounts",
  async read(host, id) {
    return (await readClosed(host, [id])).get(id);
  },
  readMany: readClosed,
  async write(host, id, state) {
    if (!(await readAccounts(host)).users.has(id)) return;
    const name = await nameOf(host, id);
    if (state === undefined) {
      await host.run(["usermod", "--expiredate", "", "--", id]);
      await markOpen(host, id, name);
      for (const folder of [tombstonesFolder, bansFolder]) await host.remove(`${folder}/${id}`);
      return;
    }
    // What it says of the name moves first, so that a crash loses nothing.
    if (state.why === "banned") await keep(host, `${bansFolder}/${id}`, { name });
    else await makeTombstone(host, id, name);
    await host.remove(`${openAccountsFolder}/${id}`);
    await host.remove(`${state.why === "banned" ? tombstonesFolder : bansFolder}/${id}`);
    await host.run(["usermod", "--expiredate", "1", "--", id]);
    await endServerOf(host, id);
  },
  describe: ({ id, before, after }) => ({
    words:
      after === undefined
        ? `open account ${id} again${before?.why === "removed" ? ", with the home it had" : ""}`
        : after.why === "banned"
          ? `close account ${id} and end its server`
          : `close account ${id} and end its server; its home is kept for a while`,
    affects: after === undefined ? { who: "nobody" } : { who: "person", account: id },
  }),
};

/** The tombstone of an account; undefined where its owner was not removed. */
export async function readTombstone(host: HostReader, id: string): Promise<Tombstone | undefined> {
  const text = await host.read(`${tombstonesFolder}/${id}`);
  return text === undefined ? undefined : (JSON.parse(text.toString("utf8")) as Tombstone);
}

export async function writeTombstone(host: Host, id: string, tombstone: Tombstone): Promise<void> {
  await keep(host, `${tombstonesFolder}/${id}`, tombstone);
}

/** The date counts from now, also where a removal was taken back and then came again. */
async function makeTombstone(host: Host, id: string, name: string): Promise<void> {
  if ((await readTombstone(host, id)) === undefined) {
    await writeTombstone(host, id, { name, removed: new Date().toISOString() });
  }
}

async function keep(host: Host, path: string, record: object): Promise<void> {
  await host.write(path, `${JSON.stringify(record)}\n`, { mode: 0o600, uid: 0, gid: 0 });
}

async function nameOf(host: HostReader, id: string): Promise<string> {
  for (const folder of [openAccountsFolder, bansFolder, tombstonesFolder]) {
    const text = (await host.read(`${folder}/${id}`))?.toString("utf8");
    if (text !== undefined && text !== "") return (JSON.parse(text) as { name?: string }).name ?? "";
  }
  return "";
}

async function readClosed(
  host: HostReader,
  ids: readonly string[],
): Promise<Map<string, ClosedAccountState>> {
  const [{ users }, expiries, open, tombstones, bans] = await Promise.all([
    readAccounts(host),
    readExpiries(host),
    host.list(openAccountsFolder),
    host.list(tombstonesFolder),
    host.list(bansFolder),
  ]);
  const [marked, removed, banned] = [new Set(open), new Set(tombstones), new Set(bans)];
  const found = new Map<string, ClosedAccountState>();
  for (const id of ids) {
    if (!users.has(id) || !isExpired(expiries, id) || marked.has(id)) continue;
    // Both is what a crash leaves between the two.
    if (removed.has(id) !== banned.has(id)) found.set(id, { why: removed.has(id) ? "removed" : "banned" });
  }
  return found;
}
