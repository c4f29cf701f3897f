import type { Host } from "../../host/host.ts";
import { HomeroomError } from "../../errors.ts";
import { readAccounts } from "../../resources/accounts-file.ts";
import { closedAccount, tombstonesFolder } from "../../resources/closed-account.ts";
import { recordedUid, retireUid } from "../../resources/uid-ledger.ts";
import { readFirstPasswords, writeFirstPasswords } from "../first-passwords-file.ts";
import { giveNotice } from "./notices.ts";
import type { KeptHome } from "./tombstones.ts";

/** A server that is ended when its owner is removed still writes for some seconds. */
const graceMs = 10 * 60_000;
const hourMs = 60 * 60_000;

/** Why a home may not be deleted, in words; undefined where it may. */
export async function whyKept(host: Host, { account, home, removed }: KeptHome): Promise<string | undefined> {
  const [is, { users }, uid] = await Promise.all([
    closedAccount.read(host, account),
    readAccounts(host),
    recordedUid(host, account),
  ]);
  const owner = users.get(account);
  if (owner !== undefined && is?.why !== "removed") return "the account is in use again";
  if (owner !== undefined && (owner.uid !== uid || owner.home !== home))
    return "the account was changed by hand";
  const there = await host.stat(home);
  if (there === undefined) return undefined;
  if (there.kind !== "directory") return "it is no directory";
  if (there.uid !== uid) return "it belongs to somebody else";
  if (!(Date.parse(removed) <= Date.now())) return "the machine's clock is behind the day of the removal";
  const changed = await changedSince(host, home, new Date(Date.parse(removed) + graceMs));
  return changed === undefined ? undefined : `${changed} changed after the removal`;
}

/**
 * Deletes the home of a removed person and what is left of the account; its number stays on record, so that nobody
 * gets it. Cut off at any moment, it is finished by being called again.
 * @throws HomeroomError where something of the home stays
 */
export async function deleteHome(host: Host, { account, username, home }: KeptHome): Promise<void> {
  await host.run(["rm", "-rf", "--one-file-system", "--", home], { timeoutMs: 5 * hourMs });
  if ((await host.stat(home)) !== undefined) {
    throw new HomeroomError(`${home} could not be deleted whole.`, {
      remedy: "Something is mounted in it, or was written meanwhile. Look at it, then run this again.",
    });
  }
  if ((await readAccounts(host)).users.has(account)) await host.run(["userdel", "--", account]);
  await retireUid(host, account);
  const { [username]: _gone, ...others } = await readFirstPasswords(host);
  await writeFirstPasswords(host, others);
  await giveNotice(host, [username], { forget: true });
  await host.remove(`${tombstonesFolder}/${account}`);
}

/** A path in a home whose status changed after a moment: find(1) follows no link and stays on the disk. */
async function changedSince(host: Host, home: string, moment: Date): Promise<string | undefined> {
  const argv = ["find", home, "-xdev", "-newerct", moment.toISOString(), "-print", "-quit"];
  const { stdout } = await host.run(argv, { timeoutMs: hourMs });
  return stdout === "" ? undefined : stdout.split("\n")[0];
}
