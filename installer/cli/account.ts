import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { exitCodes, HomeroomError } from "../errors.ts";
import { canaryName } from "../../config/canary-name.ts";
import { adminsGroup } from "../resources/admins-group.ts";
import { accountName, instanceOf } from "../desired/account-name.ts";
import type { Host } from "../host/host.ts";
import { lockFile } from "../host/lock-file.ts";
import { account } from "../resources/account.ts";
import { closedAccount } from "../resources/closed-account.ts";
import { membership } from "../resources/membership.ts";
import { hostOf, narrate, requireRoot, whoAsks, type GlobalOptions } from "./context.ts";

const rosterPath = "/var/lib/homeroom/compiled/roster.json";
/** What an account's name may hold behind the prefix, as accountName makes it. */
const possible = /^(?!\.{1,2}$)[a-z0-9_.@+-]{1,24}$/;

interface Roster {
  allowed: string[];
  admins: string[];
  banned: string[];
  open: boolean;
  groups: Record<string, string[]>;
  skel: string | null;
}

/** `homeroom account ensure INSTANCE`: what homeroom-account@.service runs when a server starts. */
export function accountCommand(): Command {
  const command = new Command("account").description("Accounts of people, for homeroom-account@.service.");
  command.command("ensure <instance>").action(async function (this: Command, instance: string) {
    const options = this.optsWithGlobals<GlobalOptions>();
    requireRoot(options);
    const host = hostOf(options);
    await using _lock = await lockAccounts(host);
    await ensureAccount(host, instance);
  });
  return command;
}

/**
 * Makes the account of somebody whom the roster names, with home and groups, and lets systemd start servers for it.
 * The hub asks for accounts, and the hub is not trusted with names: the roster, which root wrote, decides.
 * @throws HomeroomError where the roster names nobody of this instance
 */
export async function ensureAccount(host: Host, instance: string): Promise<void> {
  const roster = await readCompiledRoster(host);
  const { allowed, admins, banned, groups: members } = roster;
  const names = new Set([...allowed, ...admins, ...banned, ...Object.values(members).flat()]);
  const own = new Set([...names].filter((name) => instanceOf(accountName(name)) === instance));
  const isOf = (list: readonly string[]) => list.some((name) => own.has(name));
  const admin = isOf(admins);
  const known = (admin || isOf(allowed) || roster.open) && instance !== canaryName;
  if (!possible.test(instance) || !known || isOf(banned)) {
    throw new HomeroomError(`${JSON.stringify(instance)} is nobody on the list of people.`, {
      remedy: "Add the person: sudo homeroom users add NAME",
      exitCode: exitCodes.failed,
    });
  }
  const id = `jupyter-${instance}`;
  const progress = { report: narrate, signal: AbortSignal.timeout(60_000) };
  // Closed by an earlier apply and on the list again since.
  if ((await closedAccount.read(host, id)) !== undefined) {
    await closedAccount.write(host, id, undefined, progress);
  }
  const skel = roster.skel === null ? {} : { skel: [roster.skel] };
  const [name = ""] = own;
  const wanted = { name, home: `/home/${id}`, shell: "/bin/bash", ...skel };
  await account.write(host, id, wanted, progress);
  const groups = Object.keys(members).filter((group) => isOf(members[group] ?? []));
  for (const group of [...groups, ...(admin ? [adminsGroup] : [])]) {
    await membership.write(host, `${group}:${id}`, { member: true }, progress);
  }
}

async function readCompiledRoster(host: Host): Promise<Roster> {
  const text = await host.read(rosterPath);
  const nobody = { allowed: [], admins: [], banned: [], open: false, groups: {}, skel: null };
  return { ...nobody, ...(JSON.parse(text?.toString("utf8") ?? "{}") as Partial<Roster>) };
}

/** Fifty people may come at once; systemd ends whoever waits longer than TimeoutStartSec=. */
async function lockAccounts(host: Host): Promise<AsyncDisposable> {
  const lock = { path: "/run/homeroom/accounts.lock", command: "account ensure", who: whoAsks() };
  while (true) {
    try {
      return await lockFile(host, lock);
    } catch (error) {
      if (!(error instanceof HomeroomError) || error.exitCode !== exitCodes.locked) throw error;
      await sleep(20 + 20 * Math.random());
    }
  }
}
