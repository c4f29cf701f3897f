import type { Host, HostReader } from "../host/host.ts";
import { readAccounts } from "./accounts-file.ts";

/**
 * Every number that a person's account ever had, a line each: "jupyter-alice 1001". Nothing is taken out of it; where
 * the account is gone with its home, "jupyter-alice none" follows.
 */
const path = "/var/lib/homeroom/uids";
/** What Debian gives to people (login.defs(5): UID_MIN and UID_MAX). */
const lowest = 1000;
const highest = 59_999;

/**
 * The number for an account that is to be made: the one that it had before, or that its home belongs to where
 * nobody else ever had that, or a new one. It is on record when this returns, so no other person gets it, whatever
 * happens next.
 * @throws RangeError where all are used up
 */
export async function takeUid(host: Host, account: string, home: string): Promise<number> {
  const [recorded, { userNames, groupNames }] = await Promise.all([readLedger(host), readAccounts(host)]);
  const own = recorded.own.get(account);
  if (own !== undefined && (userNames.get(own) ?? account) === account) return own;
  const used = new Set([...recorded.used, ...userNames.keys(), ...groupNames.keys()]);
  const owner = (await host.stat(home))?.uid ?? 0;
  const uid = owner >= lowest && owner <= highest && !used.has(owner) ? owner : nextAfter(used);
  await recordUid(host, account, uid);
  return uid;
}

/** Keeps the number of an account that was made otherwise; nothing where it is on record. */
export async function recordUid(host: Host, account: string, uid: number): Promise<void> {
  if ((await readLedger(host)).own.get(account) === uid) return;
  await host.append(path, `${account} ${uid}`, { mode: 0o600 });
}

/** A later account of this name is somebody else's, and gets another number: files may be left that have this one. */
export async function retireUid(host: Host, account: string): Promise<void> {
  if (!(await readLedger(host)).own.has(account)) return;
  await host.append(path, `${account} none`, { mode: 0o600 });
}

/** The number that an account has, or had; undefined where it never was, or is gone with its home. */
export async function recordedUid(host: HostReader, account: string): Promise<number | undefined> {
  return (await readLedger(host)).own.get(account);
}

interface Ledger {
  /** The last number of each account. */
  own: ReadonlyMap<string, number>;
  /** Every number that any of them ever had. */
  used: ReadonlySet<number>;
}

/** Half a line, as a full disk leaves it, counts for nothing. */
async function readLedger(host: HostReader): Promise<Ledger> {
  const text = (await host.read(path))?.toString("utf8") ?? "";
  const own = new Map<string, number>();
  const used = new Set<number>();
  for (const [, account = "", uid = ""] of text.matchAll(/^(\S+) (\d+|none)$/gm)) {
    if (uid === "none") {
      own.delete(account);
    } else {
      own.set(account, Number(uid));
      used.add(Number(uid));
    }
  }
  return { own, used };
}

function nextAfter(used: ReadonlySet<number>): number {
  const people = [...used].filter((uid) => uid >= lowest && uid <= highest);
  const next = Math.max(lowest - 1, ...people) + 1;
  if (next <= highest) return next;
  const gap = Array.from({ length: highest - lowest + 1 }, (_, at) => lowest + at).find(
    (uid) => !used.has(uid),
  );
  if (gap === undefined) throw new RangeError("every number for accounts of people is used up");
  return gap;
}
