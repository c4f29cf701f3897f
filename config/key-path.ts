import { parse } from "./parse.ts";
import type { ConfigNode } from "./document.ts";
import type { Finding } from "./problem.ts";

/**
 * The parts of a key as people type it: `limits.memory`, with quotes around a part that has dots of its own
 * (`limits.users."ada@school.example".memory`), or as a JSON pointer (`/limits/memory`).
 */
export function keyPath(key: string): string[] {
  if (key.startsWith("/")) {
    return key
      .slice(1)
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  }
  const parts = key.match(/"[^"]*"|'[^']*'|[^."']+/g) ?? [];
  return parts.map((part) => part.replace(/^(["'])(.*)\1$/s, "$2"));
}

/** A path as keyPath reads it: a part with dots or quotes of its own stands in quotes. */
export function keyText(path: readonly string[]): string {
  return path.map(partText).join(".");
}

/** One part of a key as keyPath reads it. */
export function partText(part: string): string {
  if (!/[."']/.test(part)) return part;
  return part.includes('"') ? `'${part}'` : `"${part}"`;
}

/** A value as people type it, which is YAML. */
export function readValue(text: string): { value: ConfigNode } | { finding: Finding } {
  const { root, findings } = parse(
    `value: ${text.includes("\n") ? `\n  ${text.replaceAll("\n", "\n  ")}` : text}\n`,
  );
  const [finding] = findings;
  const value = root?.entries.length === 1 ? root.entries[0]?.value : undefined;
  const complete =
    value !== undefined &&
    (text.includes("\n") || value.span.end === "value: ".length + text.trimEnd().length);
  if (value !== undefined && complete && finding === undefined) return { value };
  const span = { start: 0, end: text.length };
  const message = `\`${text}\` is not YAML.`;
  const hint = "Put text with special characters in quotes, or use --string.";
  return { finding: finding ?? { severity: "error", code: "yaml-syntax", path: [], span, message, hint } };
}

/** Text taken as it is. */
export function textValue(text: string): ConfigNode {
  return { kind: "scalar", text, plain: false, span: { start: 0, end: 0 } };
}
