import { showUnits } from "../../resources/systemctl.ts";
import { warning, type Check } from "../check.ts";

/** systemd works with the unit files as they are on the disk. */
export const unitsReloaded: Check = {
  id: "units-reloaded",
  title: "Unit files that systemd has read",
  area: "services",
  async examine({ host }) {
    const shown = await showUnits(host, ["homeroom-*", "homeroom.slice"], ["NeedDaemonReload"]);
    const stale = [...shown]
      .filter(([, { NeedDaemonReload }]) => NeedDaemonReload === "yes")
      .map(([id]) => id);
    if (stale.length === 0) return [];
    return [
      warning(
        `systemd has not read the unit files of ${stale.join(", ")} again since they changed.`,
        "Type: sudo systemctl daemon-reload",
      ),
    ];
  },
  fix: {
    async repair(host) {
      await host.run(["systemctl", "daemon-reload"]);
    },
  },
};
