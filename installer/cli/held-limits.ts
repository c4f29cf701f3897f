import { formatSize } from "../../config/size.ts";
import type { HeldLimit } from "../resources/held-limit.ts";
import type { Resource } from "../resources/resource.ts";
import { unescapeUnitPart } from "../systemd/unit-escape.ts";

/** Whose lower memory limit waits for the server's next start, and how to have it now; empty where nobody's does. */
export function describeHeldLimits(desired: readonly Resource[]): string {
  const held = desired.filter((resource) => resource.kind === "held-limit");
  if (held.length === 0) return "";
  const lines = held.map(({ id, state }) => {
    const { until, next } = state as HeldLimit;
    const before = until === null ? "no limit" : formatSize(until);
    return `  ${personOf(id)} uses more than ${formatSize(next)}: ${before} until that server's next start`;
  });
  return [
    "A lower memory limit waits:",
    ...lines,
    "`homeroom apply --force` sets it now; the kernel then ends the program that uses the most memory in each.",
  ].join("\n");
}

function personOf(slice: string): string {
  const instance = slice.slice("homeroom-users-".length, -".slice".length);
  return unescapeUnitPart(instance) ?? instance;
}
