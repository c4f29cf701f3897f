import type { Host } from "../host/host.ts";
import { escapeUnitPart } from "../systemd/unit-escape.ts";
import { readAccounts } from "./accounts-file.ts";
import { showUnits } from "./systemctl.ts";

/**
 * Ends what runs with an account's rights, as rights of a process cannot be taken from it: its notebook server and
 * its logins at the machine. Whatever starts next does so with the rights of then, units included.
 */
export async function endServerOf(host: Host, account: string): Promise<void> {
  const instance = escapeUnitPart(account.replace(/^jupyter-/, ""));
  const server = `homeroom-user@${instance}.service`;
  const logins = `user-${(await readAccounts(host)).users.get(account)?.uid ?? 0}.slice`;
  const shown = await showUnits(host, [server, logins], ["ActiveState", "NeedDaemonReload"]);
  // Else a server that is started at once would still have what a removed drop-in allowed.
  if (shown.get(server)?.["NeedDaemonReload"] === "yes") await host.run(["systemctl", "daemon-reload"]);
  const running = [server, logins].filter((unit) => isUp(shown.get(unit)?.["ActiveState"]));
  if (running.length > 0) await host.run(["systemctl", "stop", "--", ...running], { okCodes: [0, 5] });
}

function isUp(state: string | undefined): boolean {
  return state === "active" || state === "activating" || state === "reloading" || state === "deactivating";
}
