import { nodeAt } from "../document.ts";
import { formatSize } from "../size.ts";
import { finding, keySpan } from "./rule.ts";
import type { Limits } from "../config.ts";
import type { Finding } from "../problem.ts";
import type { RuleContext } from "./rule.ts";

/** A timeout shorter than the interval between looks cannot be kept. */
export function cullTimeoutIsLongerThanEvery(context: RuleContext): Finding[] {
  const { enabled, timeout, every } = context.config.services.cull;
  if (!enabled || timeout >= every || every === 0) return [];
  const message = `Servers are to stop after ${timeout} s without activity, but are looked at every ${every} s only.`;
  const hint = `Make \`timeout\` at least \`every\`, or \`every\` ${timeout} or less.`;
  return [finding(context, "warning", "cull-timeout", ["services", "cull", "timeout"], message, hint)];
}

const megabyte = 1024 ** 2;

/** A server needs some memory to start, whosever it is. */
export function memoryIsEnough(context: RuleContext): Finding[] {
  const { limits = {} } = context.written;
  const single = (["groups", "users"] as const).flatMap((section) =>
    Object.entries(limits[section] ?? {}).flatMap(([name, { memory }]) =>
      littleMemory(context, memory, ["limits", section, name, "memory"]),
    ),
  );
  return [...littleMemory(context, limits.memory, ["limits", "memory"]), ...single];
}

function littleMemory(
  context: RuleContext,
  memory: Limits["memory"] | undefined,
  path: readonly string[],
): Finding[] {
  if (typeof memory !== "number" || memory >= 128 * megabyte) return [];
  const hint = "Write at least 256M; 1G is a good start.";
  if (memory < megabyte) {
    return [
      finding(context, "error", "little-memory", path, `${memory} bytes is too little for any server.`, hint),
    ];
  }
  const message = `A server hardly starts with ${formatSize(memory)}.`;
  return [finding(context, "warning", "little-memory", path, message, hint)];
}

/** Sections of TLJH that have no meaning here. */
export function unusedSections(context: RuleContext): Finding[] {
  const unused: [string[], string][] = [
    [["traefik_api"], "Homeroom's proxy is not traefik"],
    [["services", "configurator"], "that service is gone, in TLJH too"],
  ];
  return unused
    .filter(([path]) => nodeAt(context.root, path) !== undefined)
    .map(([path, reason]) => {
      const message = `Nothing reads \`${path.join(".")}\`: ${reason}.`;
      return {
        ...finding(context, "warning", "unused", path, message, "Delete it."),
        span: keySpan(context.root, path),
      };
    });
}
