import { showUnits } from "../../resources/systemctl.ts";
import { UnitFile } from "../../systemd/unit-file.ts";
import { warning, type Check, type Subject } from "../check.ts";
import { proxies, unitsOf } from "./unit-names.ts";

const folder = "/etc/systemd/system/";
const slices = ["homeroom.slice", "homeroom-core.slice", "homeroom-users.slice"];

/** No drop-in of somebody else takes back what our units set (limits, accounts, protections). */
export const unitDropIns: Check = {
  id: "unit-drop-ins",
  title: "Drop-ins that defeat ours",
  area: "services",
  async examine(subject) {
    const { host, generation } = subject;
    const units = [...unitsOf(generation), ...proxies, ...slices];
    const shown = await showUnits(host, units, ["FragmentPath", "DropInPaths"]);
    const ours = new Set(
      (generation?.resources ?? [])
        .filter(({ kind }) => kind === "systemd-unit")
        .map(({ id }) => folder + id),
    );
    const found = [...shown].map(async ([id, { FragmentPath: fragment = "", DropInPaths: paths = "" }]) => {
      const dropIns = paths.split(" ").filter(Boolean);
      const set = await keysOf(subject, [fragment, ...dropIns.filter((path) => ours.has(path))]);
      const foreign = dropIns.filter((path) => !ours.has(path));
      return Promise.all(
        foreign.map(async (path) => {
          const taken = [...(await keysOf(subject, [path]))].filter((key) => set.has(key));
          return taken.length === 0
            ? []
            : [
                warning(
                  `${path} changes what Homeroom sets for ${id}: ${taken.join(", ")}.`,
                  `If nobody wants that: sudo rm '${path}' && sudo systemctl daemon-reload`,
                  path,
                ),
              ];
        }),
      );
    });
    return (await Promise.all(found)).flat(2);
  },
};

async function keysOf({ host }: Subject, paths: readonly string[]): Promise<Set<string>> {
  const keys = new Set<string>();
  for (const path of paths) {
    const unit = new UnitFile((await host.read(path)) ?? "");
    for (const section of ["Service", "Slice", "Socket"]) {
      for (const { key } of unit.assignments(section)) if (key !== "Environment") keys.add(key);
    }
  }
  return keys;
}
