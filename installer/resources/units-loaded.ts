import type { HostReader } from "../host/host.ts";
import { hashOf } from "./hash.ts";
import type { ResourceKind } from "./resource.ts";
import { showUnits } from "./systemctl.ts";
import { unitFolder } from "./systemd-unit.ts";

export interface UnitsLoadedState {
  /** Hash over our unit files, drop-ins and links in /etc/systemd/system as systemd has loaded them. */
  hash: string;
}

/** Drop-ins of the administrator's own have other names and are none of our business. */
const ourName = /^(homeroom|\d\d-(homeroom|user)\b)/;

/**
 * What systemd has in memory of our units: one resource, so that daemon-reload is a step that is there
 * exactly when needed. Its id is "systemd".
 */
export const unitsLoaded: ResourceKind<UnitsLoadedState> = {
  kind: "units-loaded",
  async read(host) {
    const [onDisk, stale] = await Promise.all([unitsOnDisk(host), needsReload(host)]);
    return { hash: stale ? "stale" : hashOfUnits(onDisk) };
  },
  async write(host) {
    await host.run(["systemctl", "daemon-reload"]);
  },
  describe: () => ({ words: "let systemd read the units", affects: { who: "nobody" } }),
};

/** What a set of unit files and links amounts to: the same for files on disk and for a desired state. */
export function hashOfUnits(units: ReadonlyMap<string, string>): string {
  return hashOf(JSON.stringify([...units].toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/** Our units on disk by path below the folder: a file's content hash, or a link's target. */
async function unitsOnDisk(host: HostReader): Promise<Map<string, string>> {
  const units = new Map<string, string>();
  const visit = async (name: string): Promise<void> => {
    const path = `${unitFolder}/${name}`;
    const stat = await host.stat(path);
    if (stat?.kind === "directory") {
      const inside = await host.list(path);
      await Promise.all(inside.filter((n) => ourName.test(n)).map((n) => visit(`${name}/${n}`)));
    } else if (stat?.kind === "link") {
      units.set(name, `-> ${await host.readLink(path)}`);
    } else if (stat?.kind === "file") {
      units.set(name, hashOf((await host.read(path)) ?? ""));
    }
  };
  const names = await host.list(unitFolder);
  await Promise.all(
    names.filter((name) => name.startsWith("homeroom") || name.endsWith(".wants")).map((name) => visit(name)),
  );
  return units;
}

async function needsReload(host: HostReader): Promise<boolean> {
  const shown = await showUnits(host, ["homeroom*"], ["NeedDaemonReload"]);
  return [...shown.values()].some((unit) => unit["NeedDaemonReload"] === "yes");
}
