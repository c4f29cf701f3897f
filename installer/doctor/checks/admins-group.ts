import { accountName } from "../../desired/account-name.ts";
import { readAccounts } from "../../resources/accounts-file.ts";
import { adminsGroup } from "../../resources/admins-group.ts";
import { error, type Check } from "../check.ts";

/** Nobody may use sudo and change the environment but the admins of the config. */
export const adminsGroupMembers: Check = {
  id: "admins-group",
  title: "People with an admin's rights",
  area: "people",
  async examine({ host, generation, config }) {
    if (config === undefined || generation === undefined) return [];
    const wanted = new Set(config.users.admin.map(accountName));
    const members = (await readAccounts(host)).groups.get(adminsGroup)?.members ?? [];
    return [...members]
      .filter((name) => !wanted.has(name))
      .map((name) =>
        error(
          `${name} is in the group ${adminsGroup} and may use sudo, but is no admin in the config.`,
          `Type: sudo gpasswd --delete ${name} ${adminsGroup}; or make them one: sudo homeroom config add users.admin NAME`,
          name,
        ),
      );
  },
  fix: {
    async repair(host, { about = "" }) {
      await host.run(["gpasswd", "--delete", about, adminsGroup]);
    },
  },
};
