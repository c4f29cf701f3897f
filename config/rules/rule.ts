import { entryOf, nodeAt } from "../document.ts";
import type { MapNode, Span } from "../document.ts";
import type { Config } from "../config.ts";
import type { MachineFacts } from "../facts.ts";
import type { WrittenConfig } from "../generated/written-config.ts";
import type { Finding, Severity } from "../problem.ts";

export interface RuleContext {
  config: Config;
  written: WrittenConfig;
  root: MapNode;
  /** The Unix account of a hub name; undefined where nobody is going to have one. */
  accountOf?: (name: string) => string;
}

/** What rules get that need to know the machine. */
export type MachineContext = RuleContext & { facts: MachineFacts };

/** A finding at a value, or at the nearest section that is written. */
export function finding(
  { root }: RuleContext,
  severity: Severity,
  code: string,
  path: readonly string[],
  message: string,
  hint: string,
): Finding {
  return { severity, code, path, span: spanAt(root, path), message, hint };
}

/** The place of a value, or of the nearest section that is written. */
function spanAt(root: MapNode, path: readonly string[]): Span {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAt(root, path.slice(0, length));
    if (node !== undefined && length === path.length && node.kind === "scalar" && node.text !== "")
      return node.span;
    const parent = nodeAt(root, path.slice(0, length - 1));
    const entry = parent?.kind === "map" ? entryOf(parent, path[length - 1] ?? "") : undefined;
    if (entry !== undefined) return entry.keySpan;
    if (node !== undefined) return node.span;
  }
  return { start: root.span.start, end: root.span.start };
}

/** Where a key stands. */
export function keySpan(root: MapNode, path: readonly string[]): Span {
  const parent = nodeAt(root, path.slice(0, -1));
  const entry = parent?.kind === "map" ? entryOf(parent, path.at(-1) ?? "") : undefined;
  return entry?.keySpan ?? root.span;
}
