import { readAccounts } from "./accounts-file.ts";
import type { ResourceKind } from "./resource.ts";

export interface SystemAccountState {
  home: string;
  shell: string;
}

/**
 * The account of a service, with its group; its id is the name. Once made it stays until the uninstall: made
 * again it would get another number, and what it owns would be nobody's.
 */
export const systemAccount: ResourceKind<SystemAccountState> = {
  kind: "system-account",
  exclusive: "accounts",
  inert: true,
  async read(host, id) {
    const there = (await readAccounts(host)).users.get(id);
    return there === undefined ? undefined : { home: there.home, shell: there.shell };
  },
  async write(host, id, state) {
    const there = (await readAccounts(host)).users.get(id);
    if (state === undefined) {
      if (there !== undefined) await host.run(["userdel", "--", id]);
      return;
    }
    const { home, shell } = state;
    const places = ["--home-dir", home, "--shell", shell, "--", id];
    if (there === undefined) {
      await host.run(["useradd", "--system", "--no-create-home", "--user-group", ...places]);
    } else if (there.home !== home || there.shell !== shell) {
      await host.run(["usermod", "--home", home, "--shell", shell, "--", id]);
    }
  },
  describe: ({ id, after }) => ({
    words: `${after === undefined ? "remove" : "make"} the service account ${id}`,
    affects: { who: "nobody" },
  }),
};
