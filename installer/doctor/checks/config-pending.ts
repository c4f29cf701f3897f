import { warning, type Check } from "../check.ts";

/** What stands in the config file is what is live. */
export const configPending: Check = {
  id: "config-pending",
  title: "Changes of the config that are not live",
  area: "files",
  async examine({ pending }) {
    if (!pending) return [];
    return [
      warning(
        "The config file differs from what is live.",
        "`homeroom plan` shows what would change; type: sudo homeroom apply",
      ),
    ];
  },
  fix: { apply: true },
};
