import { canaryName } from "../../config/canary-name.ts";
import type { ClassLimits, Explained, PersonLimits } from "../../config/limits.ts";
import { refOf } from "../resources/resource.ts";
import { accountName } from "./account-name.ts";
import type { StateBuilder } from "./state-builder.ts";

export const canaryAccount = accountName(canaryName);
const canaryHome = "/var/lib/homeroom/canary";

const MiB = 1024 ** 2;
/** One server with one kernel, started the stock way, takes 170 MB. */
const atMost = { memory: 400 * MiB, cpu: 1, tasks: 128 };

/**
 * The account that Homeroom itself logs in by. It is nobody's: not on the roster, its home not among those of people,
 * without a shell, and it goes with the uninstall.
 */
export function addCanary(state: StateBuilder): void {
  const account = state.add("system-account", canaryAccount, {
    home: canaryHome,
    shell: "/usr/sbin/nologin",
  });
  state.directory(canaryHome, [refOf("directory", "/var/lib/homeroom"), account], {
    mode: "0700",
    owner: canaryAccount,
    group: canaryAccount,
  });
}

/** The class's limits, and the canary's own among them: what one server needs, or less where people have less. */
export function withCanary(limits: ClassLimits): ClassLimits {
  const { memory, cpu, tasks } = limits.common;
  const own: PersonLimits = {
    memory: least(memory, atMost.memory),
    cpu: least(cpu, atMost.cpu),
    tasks: least(tasks, atMost.tasks),
  };
  return { ...limits, others: new Map([...limits.others, [canaryName, own]]) };
}

function least(common: Explained<number>, most: number): Explained<number> {
  return { ...common, value: common.value === null ? most : Math.min(common.value, most) };
}
