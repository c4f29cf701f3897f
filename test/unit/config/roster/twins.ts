import { accountName } from "../../../../installer/desired/account-name.ts";

/** Two names that lead to the same account by TLJH's rule of 26 characters and 5 hexadecimal digits; found by trying. */
export function twins(): [string, string] {
  const seen = new Map<string, string>();
  for (let number = 0; ; number += 1) {
    const name = `a.long.name.of.the-class-${number}`;
    const account = accountName(name);
    const other = seen.get(account);
    if (other !== undefined) return [other, name];
    seen.set(account, name);
  }
}
