import type { FileOwner, HostReader } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";

export interface PasswdEntry extends FileOwner {
  name: string;
  home: string;
  shell: string;
}

export interface GroupEntry {
  name: string;
  gid: number;
  members: ReadonlySet<string>;
}

export interface Accounts {
  users: ReadonlyMap<string, PasswdEntry>;
  groups: ReadonlyMap<string, GroupEntry>;
  /** Group names by id, for showing who owns a file. */
  groupNames: ReadonlyMap<number, string>;
  userNames: ReadonlyMap<number, string>;
}

const remembered = new WeakMap<HostReader, { signature: string; accounts: Promise<Accounts> }>();

/**
 * Every account and group of the machine, from one read of passwd(5) and group(5); read again only when
 * either file was replaced (their tools always rename a new file into place).
 */
export async function readAccounts(host: HostReader): Promise<Accounts> {
  const stats = await Promise.all([host.stat("/etc/passwd"), host.stat("/etc/group")]);
  const signature = stats.map((s) => `${s?.inode}:${s?.mtimeMs}:${s?.size}`).join(" ");
  const known = remembered.get(host);
  if (known?.signature === signature) return known.accounts;
  const accounts = parseAccounts(host);
  remembered.set(host, { signature, accounts });
  accounts.catch(() => remembered.delete(host));
  return accounts;
}

/**
 * Numbers for an owner given by name ("root", "homeroom-hub"), or by number where it has no name (any more).
 * @throws HomeroomError where the account or group is not on the machine.
 */
export async function resolveOwner(host: HostReader, owner: string, group: string): Promise<FileOwner> {
  if (owner === "root" && group === "root") return { uid: 0, gid: 0 };
  const accounts = await readAccounts(host);
  const uid = accounts.users.get(owner)?.uid ?? numberOf(owner);
  const gid = accounts.groups.get(group)?.gid ?? numberOf(group);
  if (uid === undefined || gid === undefined) {
    throw new HomeroomError(
      `There is no ${uid === undefined ? `account ${owner}` : `group ${group}`} on this machine.`,
      {
        remedy: "Run `homeroom install`: it makes the accounts that Homeroom needs.",
      },
    );
  }
  return { uid, gid };
}

function numberOf(name: string): number | undefined {
  return /^\d+$/.test(name) ? Number(name) : undefined;
}

function fields(file: Buffer | undefined): string[][] {
  return (file?.toString("utf8") ?? "")
    .split("\n")
    .filter((line) => line.includes(":"))
    .map((line) => line.split(":"));
}

async function parseAccounts(host: HostReader): Promise<Accounts> {
  const [passwd, group] = await Promise.all([host.read("/etc/passwd"), host.read("/etc/group")]);
  const users = new Map<string, PasswdEntry>();
  for (const [name = "", , uid, gid, , home = "", shell = ""] of fields(passwd)) {
    users.set(name, { name, uid: Number(uid), gid: Number(gid), home, shell });
  }
  const groups = new Map<string, GroupEntry>();
  for (const [name = "", , gid, members = ""] of fields(group)) {
    groups.set(name, { name, gid: Number(gid), members: new Set(members.split(",").filter(Boolean)) });
  }
  return {
    users,
    groups,
    userNames: new Map([...users.values()].map((u) => [u.uid, u.name])),
    groupNames: new Map([...groups.values()].map((g) => [g.gid, g.name])),
  };
}
