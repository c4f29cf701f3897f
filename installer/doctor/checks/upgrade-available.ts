import { warning, type Check } from "../check.ts";

/** No newer release is out. */
export const upgradeAvailable: Check = {
  id: "upgrade-available",
  title: "Newer releases",
  area: "machine",
  async examine({ release, newerReleases }) {
    const found = await newerReleases();
    const newest = Array.isArray(found) ? found.at(-1) : undefined;
    if (newest === undefined) return [];
    return [
      warning(
        `Homeroom ${newest} is out, and this is ${release.version}.`,
        "Type: sudo homeroom upgrade (nobody notices).",
      ),
    ];
  },
};
