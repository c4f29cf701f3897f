import type { ClassLimits, PersonLimits } from "../../config/limits.ts";
import type { LoadedSlice, SliceLimits } from "../resources/user-slice.ts";
import { refOf } from "../resources/resource.ts";
import { escapeUnitPart } from "../systemd/unit-escape.ts";
import { accountName, instanceOf } from "./account-name.ts";
import type { StateBuilder } from "./state-builder.ts";

export interface LimitsInputs {
  limits: ClassLimits;
  /** The slices that systemd has loaded, with what holds in them now. */
  slices: readonly LoadedSlice[];
  /** A lower memory limit holds at once even where more is in use: the kernel ends what takes the most. */
  force: boolean;
  /** 50-limits.conf. */
  template: string;
}

/** Limits in the terms of systemd.resource-control(5). */
interface Written extends SliceLimits {
  text: string;
}

/**
 * Everybody's limits, for the future (drop-ins) and for now (properties of loaded slices), so that no reload of
 * systemd is needed. A memory limit below what a server uses is held back until its next start.
 */
export function addLimits(state: StateBuilder, inputs: LimitsInputs): void {
  const common = written(inputs.limits.common, inputs.template);
  const others = new Map(
    [...inputs.limits.others].map(([name, limits]) => [sliceOf(name), written(limits, inputs.template)]),
  );
  const everybody = state.unit("homeroom-users-.slice.d/50-homeroom-limits.conf", common.text);
  for (const [slice, limits] of others) {
    state.unit(`${slice}.d/60-homeroom-user.conf`, limits.text);
  }
  for (const { slice, limits: now, inUse } of inputs.slices) {
    const own = others.get(slice);
    const { memory, cpu, tasks } = own ?? common;
    const drop = own === undefined ? everybody : refOf("systemd-unit", `${slice}.d/60-homeroom-user.conf`);
    const tooLittle = memory !== null && inUse > memory && (now.memory === null || memory < now.memory);
    const held = tooLittle && !inputs.force;
    const needs = held
      ? [state.add("held-limit", slice, { until: now.memory, next: memory }, [drop])]
      : [drop];
    state.add("user-slice", slice, { memory: held ? now.memory : memory, cpu, tasks }, needs);
  }
}

/** The slice of a person's server: "homeroom-users-alice.slice". */
function sliceOf(hubName: string): string {
  return `homeroom-users-${escapeUnitPart(instanceOf(accountName(hubName)))}.slice`;
}

function written(limits: PersonLimits, template: string): Written {
  const memory = limits.memory.value;
  const tasks = limits.tasks.value;
  // systemd keeps whole percents.
  const cpu = limits.cpu.value === null ? null : Math.max(1, Math.round(limits.cpu.value * 100));
  const values: Record<string, string> = {
    USER_MEMORY_MAX: memory === null ? "infinity" : String(memory),
    USER_CPU_QUOTA: cpu === null ? "" : `${cpu}%`,
    USER_TASKS_MAX: tasks === null ? "infinity" : String(tasks),
  };
  const text = template.replaceAll(/@([A-Z_]+)@/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`50-limits.conf asks for ${whole}, which nobody knows`);
    return value;
  });
  return { memory, cpu, tasks, text };
}
