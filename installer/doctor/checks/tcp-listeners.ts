import { readAccounts } from "../../resources/accounts-file.ts";
import { error, type Check } from "../check.ts";

const services = ["homeroom-hub", "homeroom-proxy", "homeroom-env", "homeroom-snapshots", "homeroom-acme"];
/** The state LISTEN in proc(5), /proc/net/tcp. */
const listening = "0A";

/** None of our services opens a port: the front door is systemd's. */
export const tcpListeners: Check = {
  id: "tcp-listeners",
  title: "Ports that services opened by themselves",
  area: "front door",
  async examine({ host }) {
    const { users } = await readAccounts(host);
    const names = new Map(
      services.flatMap((name) => (users.has(name) ? [[users.get(name)?.uid, name] as const] : [])),
    );
    const tables = await Promise.all(["tcp", "tcp6"].map((name) => host.read(`/proc/net/${name}`)));
    const rows = tables.flatMap((table) => (table?.toString("utf8") ?? "").split("\n").slice(1));
    return rows.flatMap((row) => {
      const [, local = "", , state, , , , uid] = row.trim().split(/\s+/);
      const name = names.get(Number(uid));
      if (state !== listening || name === undefined) return [];
      const port = Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16);
      return [
        error(
          `A process of ${name} listens on port ${port}, which nothing of Homeroom does.`,
          `\`ss -ltnp 'sport = :${port}'\` names it; if it is not yours, take the machine off the network and ask for help.`,
        ),
      ];
    });
  },
};
