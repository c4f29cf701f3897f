import type { Host, HostReader } from "../host/host.ts";
import { readAccounts } from "./accounts-file.ts";
import type { ResourceKind } from "./resource.ts";

export interface AccountState {
  home: string;
  shell: string;
}

const dayMs = 24 * 60 * 60_000;

/**
 * A person's Unix account; its id is the name. The home is made from /etc/skel, closed to others (0700).
 * To remove an account is to close it: the entry stays, so that nobody else ever gets its number and
 * with it what the home holds, and the home stays too. Wanted again, it is opened as it was.
 */
export const account: ResourceKind<AccountState> = {
  kind: "account",
  exclusive: "accounts",
  async read(host, id) {
    return (await openAccounts(host, [id])).get(id);
  },
  readMany: openAccounts,
  async write(host, id, state) {
    const there = (await readAccounts(host)).users.get(id);
    if (there === undefined) {
      if (state !== undefined) await make(host, id, state);
    } else if (state === undefined) {
      await host.run(["usermod", "--expiredate", "1", "--", id]);
    } else {
      await host.run(["usermod", "--expiredate", "", "--home", state.home, "--shell", state.shell, "--", id]);
    }
  },
  describe: ({ id, after }) => ({
    words: after === undefined ? `close account ${id} (its home stays)` : `make account ${id}`,
    affects: { who: "nobody" },
  }),
};

async function make(host: Host, id: string, { home, shell }: AccountState): Promise<void> {
  const closed = ["--key", "HOME_MODE=0700", "--key", "UMASK=0077"];
  const places = ["--home-dir", home, "--shell", shell, "--", id];
  await host.run(["useradd", "--create-home", "--user-group", ...closed, ...places]);
}

async function openAccounts(host: HostReader, ids: readonly string[]): Promise<Map<string, AccountState>> {
  const [{ users }, closed] = await Promise.all([readAccounts(host), closedAccounts(host)]);
  const found = new Map<string, AccountState>();
  for (const id of ids) {
    const there = users.get(id);
    if (there !== undefined && !closed.has(id)) found.set(id, { home: there.home, shell: there.shell });
  }
  return found;
}

/** Expired by shadow(5): the eighth field is a day since 1970 that has come. */
async function closedAccounts(host: HostReader): Promise<Set<string>> {
  const shadow = (await host.read("/etc/shadow"))?.toString("utf8") ?? "";
  const today = Date.now() / dayMs;
  const closed = new Set<string>();
  for (const line of shadow.split("\n")) {
    const [name = "", , , , , , , expires = ""] = line.split(":");
    if (expires !== "" && Number(expires) <= today) closed.add(name);
  }
  return closed;
}
