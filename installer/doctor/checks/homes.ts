import { readAccounts } from "../../resources/accounts-file.ts";
import { octal } from "../../resources/file.ts";
import { error, warning, type Check } from "../check.ts";

const ours = /^\/home\/jupyter-[^/]+$/;

/** Each person's home is there, theirs, and closed to everybody else. */
export const homes: Check = {
  id: "homes",
  title: "Homes",
  area: "people",
  async examine({ host }) {
    const { users, userNames } = await readAccounts(host);
    const found = [...users.values()]
      .filter(({ home }) => ours.test(home))
      .map(async ({ name, home, uid }) => {
        const stat = await host.stat(home);
        if (stat?.kind !== "directory") {
          return [
            error(
              `The home of ${name}, ${home}, is missing.`,
              `Restore it from a copy, or make an empty one: sudo mkhomedir_helper ${name} 0077`,
            ),
          ];
        }
        if (stat.uid !== uid) {
          const owner = userNames.get(stat.uid) ?? String(stat.uid);
          return [
            error(
              `${home} belongs to ${owner}, so ${name} cannot work.`,
              `If the files are theirs: sudo chown -R ${name}: ${home}`,
            ),
          ];
        }
        if ((stat.mode & 0o077) === 0) return [];
        return [
          warning(`${home} is open to others (${octal(stat.mode)}).`, `Type: sudo chmod 0700 ${home}`, home),
        ];
      });
    return (await Promise.all(found)).flat();
  },
  // /home is root's, so nobody can put a link in the home's place; the others are for a person to decide.
  fix: {
    async repair(host, { about }) {
      if (about !== undefined) await host.run(["chmod", "0700", "--", about]);
    },
  },
};
