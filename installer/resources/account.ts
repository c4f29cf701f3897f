import type { FileOwner, Host, HostReader } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { readAccounts } from "./accounts-file.ts";
import type { Progress, ResourceKind } from "./resource.ts";
import { isExpired, readExpiries } from "./shadow-file.ts";
import { recordUid, takeUid } from "./uid-ledger.ts";

export interface AccountState {
  home: string;
  shell: string;
  /** What the hub calls the person, where that is known: for whoever reads the list of closed accounts. */
  name?: string;
  /** Directories whose contents a new home begins with, beside /etc/skel. */
  skel?: string[];
}

/** Holds a file for each account that may be used: without it systemd starts no server for its owner. */
export const openAccountsFolder = "/var/lib/homeroom/accounts";

/** Tries at finding a free number while other processes make accounts too. */
const mostTries = 100;

/**
 * A person's Unix account, open for use; its id is the name. Once made it stays: made again it could get another
 * number, and with it somebody else's files. Who may not use it any more gets a `closed-account`.
 */
export const account: ResourceKind<AccountState> = {
  kind: "account",
  exclusive: "accounts",
  inert: true,
  async read(host, id) {
    return (await readOpen(host, [id])).get(id);
  },
  readMany: readOpen,
  isSame: (is, wanted) => is.home === wanted.home && is.shell === wanted.shell,
  async write(host, id, state, progress) {
    if (state === undefined) return;
    const there = (await readAccounts(host)).users.get(id);
    if (there === undefined) {
      await make(host, id, state, progress);
    } else {
      await recordUid(host, id, there.uid);
      const expired = isExpired(await readExpiries(host), id);
      const wrong = there.home !== state.home || there.shell !== state.shell;
      if (expired) await host.run(["usermod", "--expiredate", "", "--", id]);
      if (wrong) await host.run(["usermod", "--home", state.home, "--shell", state.shell, "--", id]);
      await makeHome(host, id, state, there, progress);
    }
    await markOpen(host, id, state.name ?? "");
  },
  describe: ({ id }) => ({ words: `make account ${id}`, affects: { who: "nobody" } }),
};

/** Lets systemd start servers for this account. @param name what the hub calls the person; "" where nobody knows */
export async function markOpen(host: Host, id: string, name: string): Promise<void> {
  const path = `${openAccountsFolder}/${id}`;
  if ((await host.stat(path)) !== undefined) return;
  await host.write(path, `${JSON.stringify({ name })}\n`, { mode: 0o600, uid: 0, gid: 0 });
}

async function make(host: Host, id: string, state: AccountState, progress: Progress): Promise<void> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const uid = await takeUid(host, id, state.home);
    // Debian 13's useradd has doubts about + and @, which names of TLJH and of login services have.
    const options = ["--badname", "--no-create-home", "--user-group", "--uid", String(uid)];
    const places = ["--home-dir", state.home, "--shell", state.shell, "--", id];
    const { exitCode } = await host.run(["useradd", ...options, ...places], { okCodes: [0, uidTaken] });
    if (exitCode === uidTaken) continue;
    const made = (await readAccounts(host)).users.get(id);
    if (made === undefined) break;
    return makeHome(host, id, state, made, progress);
  }
  throw new HomeroomError(`The account ${id} could not be made.`, {
    remedy: "Something else on this machine makes accounts at the same time; run this again.",
  });
}

/** useradd(8): "UID already in use (and no -o)". */
const uidTaken = 4;

/**
 * The home, whole or not at all: filled beside it and then moved. What is copied is copied by its owner, so that
 * a link in a skeleton leads root nowhere.
 */
async function makeHome(
  host: Host,
  id: string,
  { home, skel = [] }: AccountState,
  owner: FileOwner,
  progress: Progress,
): Promise<void> {
  const there = await host.stat(home);
  if (there?.kind === "directory") return;
  if (there !== undefined) {
    throw new HomeroomError(`${home} is not a directory.`, {
      remedy: `Move it away: it is in the place of ${id}'s home.`,
    });
  }
  const { uid, gid } = owner;
  const staging = `${home.slice(0, home.lastIndexOf("/"))}/.${id}.homeroom-new`;
  await host.run(["rm", "-rf", "--one-file-system", "--", staging]);
  await host.makeDirectory(staging, { mode: 0o700, uid, gid });
  for (const folder of ["/etc/skel", ...skel]) {
    if ((await host.stat(folder)) === undefined) {
      progress.report(`${folder} is not there: nothing of it comes into ${home}.`);
      continue;
    }
    // What is in it, not itself: cp would give the home its mode.
    const sources = (await host.list(folder)).map((name) => `${folder}/${name}`);
    const argv = ["cp", "--recursive", "--no-dereference", "--preserve=mode,timestamps,links", "--"];
    if (sources.length > 0) await host.run([...argv, ...sources, staging], { as: { uid, gid } });
  }
  await host.rename(staging, home);
}

async function readOpen(host: HostReader, ids: readonly string[]): Promise<Map<string, AccountState>> {
  const [{ users }, expiries, open] = await Promise.all([
    readAccounts(host),
    readExpiries(host),
    host.list(openAccountsFolder),
  ]);
  const marked = new Set(open);
  const found = new Map<string, AccountState>();
  for (const id of ids) {
    const there = users.get(id);
    if (there === undefined || isExpired(expiries, id) || !marked.has(id)) continue;
    found.set(id, { home: there.home, shell: there.shell });
  }
  return found;
}
