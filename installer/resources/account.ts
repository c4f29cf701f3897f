import { readAccounts } from "./accounts-file.ts";
import type { ResourceKind } from "./resource.ts";

export interface AccountState {
  /** A service's account: no login, no home of its own made. */
  system: boolean;
  home: string;
  shell: string;
}

const firstOrdinaryId = 1000;

/**
 * A Unix account; its id is the name. An ordinary one gets its home from /etc/skel, closed to others (0700).
 * Removing an account keeps the home: nothing of a person's is ever lost.
 */
export const account: ResourceKind<AccountState> = {
  kind: "account",
  exclusive: "accounts",
  async read(host, id) {
    const there = (await readAccounts(host)).users.get(id);
    if (there === undefined) return undefined;
    return { system: there.uid < firstOrdinaryId, home: there.home, shell: there.shell };
  },
  async write(host, id, state) {
    const there = (await readAccounts(host)).users.get(id);
    if (state === undefined) {
      // 8: still logged in or running something; the account is then locked and goes at the next apply.
      if (there !== undefined) {
        const { exitCode } = await host.run(["userdel", "--", id], { okCodes: [0, 8] });
        if (exitCode === 8) await host.run(["usermod", "--lock", "--", id]);
      }
    } else if (there === undefined) {
      await host.run([
        "useradd",
        ...(state.system
          ? ["--system", "--no-create-home", "--user-group"]
          : ["--create-home", "--user-group", "--key", "HOME_MODE=0700", "--key", "UMASK=0077"]),
        "--home-dir",
        state.home,
        "--shell",
        state.shell,
        "--",
        id,
      ]);
    } else if (there.home !== state.home || there.shell !== state.shell) {
      await host.run(["usermod", "--home", state.home, "--shell", state.shell, "--", id]);
    }
  },
  describe: ({ id, after }) => ({
    words: after === undefined ? `remove account ${id} (its home stays)` : `make account ${id}`,
    affects: { who: "nobody" },
  }),
};
