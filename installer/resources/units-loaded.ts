import type { ResourceKind } from "./resource.ts";
import { showUnits } from "./systemctl.ts";

export interface UnitsLoadedState {
  /** What systemd has in memory of our units is what is on disk. */
  fresh: boolean;
}

/**
 * What systemd has loaded of our units: one resource, so that daemon-reload is one step, there exactly when
 * a unit file, drop-in or link changes. Its id is "systemd".
 */
export const unitsLoaded: ResourceKind<UnitsLoadedState> = {
  kind: "units-loaded",
  followsNeeds: true,
  async read(host) {
    const shown = await showUnits(host, ["homeroom*"], ["LoadState", "NeedDaemonReload"]);
    // A masked unit with drop-ins needs a reload for ever, as systemd says and no reload changes.
    const stale = [...shown].filter(
      ([id, unit]) =>
        !isUserSlice(id) && unit["LoadState"] !== "masked" && unit["NeedDaemonReload"] === "yes",
    );
    return { fresh: stale.length === 0 };
  },
  async write(host) {
    await host.run(["systemctl", "daemon-reload"]);
  },
  describe: () => ({ words: "let systemd read the units", affects: { who: "nobody" } }),
};

/** Their limits are set as properties beside the drop-in (user-slice.ts), which no reload follows. */
function isUserSlice(id: string): boolean {
  return /^homeroom-users-.+\.slice$/.test(id);
}
