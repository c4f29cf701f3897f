import { basename } from "node:path/posix";
import type { Host } from "../host/host.ts";
import { readAccounts } from "../resources/accounts-file.ts";
import { recordUid } from "../resources/uid-ledger.ts";
import { databaseCopies } from "./make-copy.ts";
import type { Owner } from "./manifest.ts";
import type { Staging } from "./staging.ts";

const hub = "/var/lib/homeroom/hub";
const units = ["homeroom-hub.socket", "homeroom-hub.service"];
/** Which machine it is, not which class: made by each install, and known to services that run. */
const ofTheMachine = new Set(["proxy-token", "cookie-secret", "culler-token"]);
const root = { uid: 0, gid: 0 };

/**
 * The numbers that people's accounts have on this machine: those of the copy where they are free, so that files keep
 * their owners. They are on record when this returns, before there is an account.
 */
export async function claimNumbers(host: Host, people: readonly Owner[]): Promise<Map<string, Owner>> {
  const { users, userNames, groupNames } = await readAccounts(host);
  const found = new Map<string, Owner>();
  for (const was of people) {
    const there = users.get(was.account);
    if (there !== undefined) {
      found.set(was.account, { account: was.account, uid: there.uid, gid: there.gid });
    } else if (!userNames.has(was.uid) && !groupNames.has(was.uid) && was.uid === was.gid) {
      await recordUid(host, was.account, was.uid);
      found.set(was.account, was);
    }
  }
  return found;
}

/** Config, roster and the secrets of people; what is there is kept beside it. */
export async function placeFiles(host: Host, staging: Staging): Promise<void> {
  for (const folder of ["/etc/homeroom", "/var/lib/homeroom/secrets"]) {
    for (const name of await host.list(`${staging.state}${folder}`)) {
      if (ofTheMachine.has(name) || name.includes(".before-")) continue;
      const content = await host.read(`${staging.state}${folder}/${name}`);
      const stat = await host.stat(`${staging.state}${folder}/${name}`);
      if (content === undefined || stat === undefined) continue;
      const path = `${folder}/${name}`;
      const there = await host.read(path);
      if (there?.equals(content)) continue;
      if (there !== undefined)
        await host.write(`${path}.before-${staging.id}`, there, { mode: 0o600, ...root });
      await host.write(path, content, { mode: stat.mode & 0o600, ...root });
    }
  }
}

/**
 * The hub's databases: passwords that people chose, sessions, who was there. The hub is away meanwhile. Its folder is
 * its own, so that root only renames there, which follows no link in the last place.
 */
export async function placeDatabases(host: Host, staging: Staging): Promise<void> {
  const account = (await readAccounts(host)).users.get("homeroom-hub");
  const copies = `${staging.state}${databaseCopies}`;
  const staged = (await host.list(copies)).map((name) => `${copies}/${name}`);
  // Who has which shortened account (templates/hub/homeroom/accounts.py).
  const owners = `${staging.state}${hub}/accounts.json`;
  if ((await host.stat(owners)) !== undefined) staged.push(owners);
  if (account === undefined || staged.length === 0) return;
  const aside = `/var/lib/homeroom/hub-before-${staging.id}`;
  await host.makeDirectory(aside, { mode: 0o700, ...root });
  await host.run(["chown", "--no-dereference", `${account.uid}:${account.gid}`, "--", ...staged]);
  await host.run(["systemctl", "stop", "--", ...units]);
  try {
    for (const path of staged) {
      const name = basename(path);
      for (const rest of [name, `${name}-wal`, `${name}-shm`]) {
        if ((await host.stat(`${hub}/${rest}`)) !== undefined) {
          await host.rename(`${hub}/${rest}`, `${aside}/${rest}`);
        }
      }
      await host.rename(path, `${hub}/${name}`);
    }
  } finally {
    await host.run(["systemctl", "start", "--", ...units], { timeoutMs: 5 * 60_000 });
  }
}

/** What the environment was, to be gone back to (`homeroom env restore`): added to what is known here. */
export async function placeSnapshots(host: Host, staging: Staging): Promise<void> {
  const folder = "/var/lib/homeroom/snapshots";
  const staged = `${staging.state}${folder}`;
  const account = (await readAccounts(host)).users.get("homeroom-snapshots");
  if (account === undefined || (await host.stat(staged))?.kind !== "directory") return;
  const { uid, gid } = account;
  await host.run(["chown", "--recursive", "--no-dereference", `${uid}:${gid}`, "--", staged]);
  // Which one is the latest is of this machine.
  await host.run(["rm", "-f", "--", `${staged}/latest`], { as: { uid, gid } });
  await host.run(["cp", "--archive", "--no-clobber", "--", `${staged}/.`, `${folder}/`], {
    as: { uid, gid },
  });
}
