import { showUnits } from "../../resources/systemctl.ts";
import { error, type Check } from "../check.ts";
import { proxies, unitsOf } from "./unit-names.ts";

/** So many restarts, the last of them so many seconds ago, are a loop. */
const many = 3;
const lately = 600;

/** No service is started again and again. */
export const restartLoops: Check = {
  id: "restart-loops",
  title: "Services that are started again and again",
  area: "services",
  async examine({ host, generation }) {
    const services = [...unitsOf(generation), ...proxies].filter((unit) => unit.endsWith(".service"));
    const shown = await showUnits(host, services, ["NRestarts", "InactiveExitTimestampMonotonic"]);
    const uptime = Number.parseFloat((await host.read("/proc/uptime"))?.toString("utf8") ?? "0");
    return [...shown]
      .filter(([, { NRestarts: restarts = "0", InactiveExitTimestampMonotonic: started = "0" }]) => {
        return Number(restarts) >= many && uptime - Number(started) / 1e6 < lately;
      })
      .map(([id, { NRestarts: restarts }]) =>
        error(
          `${id} ended by itself and was started again ${restarts} times.`,
          `\`journalctl -u ${id}\` says why; \`sudo homeroom install\` repairs its files.`,
          id,
        ),
      );
  },
};
