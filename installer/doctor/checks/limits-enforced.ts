import { error, type Check } from "../check.ts";

/** Controllers that hold a student to memory, processor and number of processes (cgroups(7)). */
const needed = ["cpu", "memory", "pids"];

/** The kernel enforces the limits: cgroup v2 with the controllers that systemd needs for them. */
export const limitsEnforced: Check = {
  id: "limits-enforced",
  title: "Limits that the kernel enforces",
  area: "machine",
  async examine({ host }) {
    const controllers = (await host.read("/sys/fs/cgroup/cgroup.controllers"))?.toString("utf8");
    const remedy =
      "Take systemd.unified_cgroup_hierarchy=0 and cgroup_disable= off the kernel's command line and reboot; a container needs cgroup v2 from its host.";
    if (controllers === undefined) {
      return [error("No memory or processor limit holds: this machine has no cgroup v2.", remedy)];
    }
    const missing = needed.filter((name) => !controllers.trim().split(/\s+/).includes(name));
    return missing.length === 0
      ? []
      : [error(`The kernel enforces no limit of: ${missing.join(", ")}.`, remedy)];
  },
};
