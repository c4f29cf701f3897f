import { warning, type Check } from "../check.ts";

/** The registry that upgrades come from answers. */
export const registry: Check = {
  id: "registry",
  title: "The registry of releases",
  area: "machine",
  async examine({ newerReleases }) {
    const found = await newerReleases();
    if (Array.isArray(found)) return [];
    return [
      warning(
        `Upgrades cannot be fetched: ${found.problem}`,
        "See what stands in the way: sudo homeroom upgrade --check. A mirror is named by HOMEROOM_REGISTRY or in /root/.npmrc.",
      ),
    ];
  },
};
