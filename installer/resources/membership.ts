import type { Host } from "../host/host.ts";
import { readAccounts } from "./accounts-file.ts";
import { adminsGroup } from "./admins-group.ts";
import { endServerOf } from "./end-server.ts";
import type { ResourceKind } from "./resource.ts";

const environments = "/opt/homeroom/environments";
const environmentOwner = "homeroom-env";

export interface MembershipState {
  member: true;
}

/**
 * That an account is in a group; its id is "group:account". Whoever is taken out of one is taken out with what
 * runs: a process keeps the groups that it was started with.
 */
export const membership: ResourceKind<MembershipState> = {
  kind: "membership",
  exclusive: "accounts",
  alwaysOurs: true,
  async read(host, id) {
    const { groupName, accountName } = parts(id);
    const members = (await readAccounts(host)).groups.get(groupName)?.members;
    return members?.has(accountName) ? { member: true } : undefined;
  },
  async write(host, id, state) {
    const { groupName, accountName } = parts(id);
    const accounts = await readAccounts(host);
    const isMember = accounts.groups.get(groupName)?.members.has(accountName) ?? false;
    if (state !== undefined && !isMember) await host.run(["gpasswd", "--add", accountName, groupName]);
    if (state !== undefined) return;
    if (isMember) await host.run(["gpasswd", "--delete", accountName, groupName]);
    await endServerOf(host, accountName);
    if (groupName === adminsGroup) await takeEnvironmentFrom(host, accountName);
  },
  describe({ id, after }) {
    const { groupName, accountName } = parts(id);
    return {
      words:
        after === undefined
          ? `take ${accountName} out of ${groupName} and end its server`
          : `put ${accountName} into ${groupName}`,
      affects: after === undefined ? { who: "person", account: accountName } : { who: "nobody" },
    };
  },
};

/** What an admin installed is the admin's own file: whoever is none any more may not change what others import. */
async function takeEnvironmentFrom(host: Host, accountName: string): Promise<void> {
  if (
    (await host.stat(environments)) === undefined ||
    !(await readAccounts(host)).users.has(environmentOwner)
  )
    return;
  const options = ["--recursive", "-P", "--no-dereference", `--from=${accountName}`];
  await host.run(["chown", ...options, "--", environmentOwner, environments], { timeoutMs: 10 * 60_000 });
}

function parts(id: string): { groupName: string; accountName: string } {
  const colon = id.indexOf(":");
  return { groupName: id.slice(0, colon), accountName: id.slice(colon + 1) };
}
