import { readAccounts } from "./accounts-file.ts";
import type { ResourceKind } from "./resource.ts";

export interface MembershipState {
  member: true;
}

/** That an account is in a group; its id is "group:account". */
export const membership: ResourceKind<MembershipState> = {
  kind: "membership",
  exclusive: "accounts",
  async read(host, id) {
    const { groupName, accountName } = parts(id);
    const members = (await readAccounts(host)).groups.get(groupName)?.members;
    return members?.includes(accountName) ? { member: true } : undefined;
  },
  async write(host, id, state) {
    const { groupName, accountName } = parts(id);
    const accounts = await readAccounts(host);
    const isMember = accounts.groups.get(groupName)?.members.includes(accountName) ?? false;
    if (state !== undefined && !isMember) await host.run(["gpasswd", "--add", accountName, groupName]);
    if (state === undefined && isMember) await host.run(["gpasswd", "--delete", accountName, groupName]);
  },
  describe({ id, after }) {
    const { groupName, accountName } = parts(id);
    return {
      words:
        after === undefined
          ? `take ${accountName} out of ${groupName}`
          : `put ${accountName} into ${groupName}`,
      affects: { who: "nobody" },
    };
  },
};

function parts(id: string): { groupName: string; accountName: string } {
  const colon = id.indexOf(":");
  return { groupName: id.slice(0, colon), accountName: id.slice(colon + 1) };
}
