import { isRunning, startUnit } from "../../resources/service.ts";
import { showUnits } from "../../resources/systemctl.ts";
import { error, type Check } from "../check.ts";
import { proxies, unitsOf } from "./unit-names.ts";

/** Every service and socket of the generation runs, and one of the two proxies. */
export const unitsActive: Check = {
  id: "units-active",
  title: "Services and sockets that run",
  area: "services",
  async examine({ host, generation }) {
    const wanted = unitsOf(generation);
    const shown = await showUnits(host, [...wanted, ...proxies], ["ActiveState"]);
    const isUp = (unit: string) => isRunning(shown.get(unit) ?? {});
    const down = wanted.filter((unit) => !isUp(unit));
    if (generation !== undefined && !proxies.some(isUp)) down.push(proxies[0]);
    return down.map((unit) =>
      error(
        `${unit} does not run.`,
        `Type: sudo systemctl start ${unit}; \`journalctl -u ${unit}\` says more.`,
        unit,
      ),
    );
  },
  fix: { repair: (host, { about = "" }) => startUnit(host, "start", about) },
};
