import { Command } from "commander";
import { exitCodes, HomeroomError } from "../errors.ts";
import { adminsGroup } from "../desired/foundation.ts";
import { accountName, instanceOf } from "../desired/account-name.ts";
import { account } from "../resources/account.ts";
import { membership } from "../resources/membership.ts";
import { hostOf, narrate, requireRoot, type GlobalOptions } from "./context.ts";

const rosterPath = "/var/lib/homeroom/compiled/roster.json";
/** What an account's name may hold behind the prefix, as accountName makes it. */
const possible = /^[a-z0-9_.@+-]{1,24}$/;

interface Roster {
  allowed: string[];
  admins: string[];
  banned: string[];
  open: boolean;
}

/** `homeroom account ensure INSTANCE`: what homeroom-account@.service runs when a server starts. */
export function accountCommand(): Command {
  const command = new Command("account").description("Accounts of people, for homeroom-account@.service.");
  command.command("ensure <instance>").action(async function (this: Command, instance: string) {
    const options = this.optsWithGlobals<GlobalOptions>();
    requireRoot(options);
    const host = hostOf(options);
    const text = await host.read(rosterPath);
    const roster = JSON.parse(text?.toString("utf8") ?? "{}") as Partial<Roster>;
    const isOf = (names: readonly string[] | undefined) =>
      (names ?? []).some((name) => instanceOf(accountName(name)) === instance);
    const admin = isOf(roster.admins);
    const known = admin || isOf(roster.allowed) || roster.open === true;
    // The hub asks for accounts, and the hub is not trusted with names: the roster, which root wrote, decides.
    if (!possible.test(instance) || !known || isOf(roster.banned)) {
      throw new HomeroomError(`${JSON.stringify(instance)} is nobody on the list of people.`, {
        remedy: "Add the person to users.allowed: `sudo homeroom config add users.allowed NAME`.",
        exitCode: exitCodes.failed,
      });
    }
    const name = `jupyter-${instance}`;
    const progress = { report: narrate, signal: AbortSignal.timeout(60_000) };
    const state = { home: `/home/${name}`, shell: "/bin/bash" };
    if ((await account.read(host, name)) === undefined) await account.write(host, name, state, progress);
    if (admin) await membership.write(host, `${adminsGroup}:${name}`, { member: true }, progress);
  });
  return command;
}
