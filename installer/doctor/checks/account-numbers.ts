import { readAccounts } from "../../resources/accounts-file.ts";
import { error, type Check } from "../check.ts";

/** No two accounts have one number: to the kernel they would be one person. */
export const accountNumbers: Check = {
  id: "account-numbers",
  title: "Numbers of accounts",
  area: "people",
  async examine({ host }) {
    const { users } = await readAccounts(host);
    const people = [...users.values()].filter(({ name }) => /^(jupyter|homeroom)-/.test(name));
    const byNumber = Map.groupBy([...users.values()], ({ uid }) => uid);
    return people.flatMap(({ name, uid }) => {
      const twins = (byNumber.get(uid) ?? []).map((twin) => twin.name).filter((twin) => twin !== name);
      if (twins.length === 0) return [];
      return [
        error(
          `${name} has the same number (${uid}) as ${twins.join(", ")}: each can read the other's files.`,
          `Give it another: sudo usermod --uid NUMBER ${name}, then sudo chown -R ${name}: its home`,
        ),
      ];
    });
  },
};
