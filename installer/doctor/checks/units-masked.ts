import { showUnits } from "../../resources/systemctl.ts";
import { error, type Check } from "../check.ts";
import { proxies, unitsOf } from "./unit-names.ts";

/** No unit of ours is masked: what is masked can never start. */
export const unitsMasked: Check = {
  id: "units-masked",
  title: "Units that are masked",
  area: "services",
  async examine({ host, generation }) {
    const shown = await showUnits(host, [...unitsOf(generation), ...proxies], ["LoadState"]);
    return [...shown]
      .filter(([, { LoadState }]) => LoadState === "masked")
      .map(([id]) =>
        error(
          `${id} is masked, so it can never start.`,
          `Type: sudo systemctl unmask ${id}; sudo homeroom apply`,
          id,
        ),
      );
  },
  fix: {
    async repair(host, { about = "" }) {
      await host.run(["systemctl", "unmask", "--", about]);
    },
    apply: true,
  },
};
