import { warning, type Check } from "../check.ts";

const mark = "/run/reboot-required";

/** No update waits for a restart of the machine (Debian's and Ubuntu's mark for it). */
export const pendingReboot: Check = {
  id: "pending-reboot",
  title: "Updates that wait for a reboot",
  area: "machine",
  async examine({ host }) {
    if ((await host.stat(mark)) === undefined) return [];
    const packages = (await host.read(`${mark}.pkgs`))?.toString("utf8").trim().split("\n") ?? [];
    const why = packages.length === 0 ? "" : ` (${[...new Set(packages)].join(", ")})`;
    return [
      warning(
        `Updates wait for a reboot of the machine${why}.`,
        "When nobody works: sudo systemctl reboot. Everything comes back by itself.",
      ),
    ];
  },
};
