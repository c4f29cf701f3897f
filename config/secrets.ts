import type { Json } from "./config.ts";
import type { ConfigNode, Span } from "./document.ts";
import { readScalar } from "./scalar.ts";

/** What stands in the place of a secret. */
const mask = "********";

/** Whether the value of this key must not be shown. */
function isSecretKey(key: string): boolean {
  return (
    /secret|passw|token|private_key|cookie/i.test(key) &&
    !/_(?:url|uri|class|length|params|method|scope)$/i.test(key) &&
    key !== "first_password"
  );
}

/** Data with every secret hidden. */
export function maskValue(value: Json, key = ""): Json {
  if (value === null || typeof value === "boolean" || value === "") return value;
  if (Array.isArray(value)) return value.map((item) => maskValue(item, key));
  if (isSecretKey(key)) return mask;
  if (typeof value !== "object" || "rawJSON" in value) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskValue(inner, name)]));
}

/** A text with every secret hidden; what cannot be parsed is hidden line by line. */
export function maskText(text: string, root: ConfigNode | undefined): string {
  const spans = root ? secretSpans(root) : [];
  const hidden = spans
    .toSorted((a, b) => b.start - a.start)
    .reduce((masked, { start, end }) => masked.slice(0, start) + mask + masked.slice(end), text);
  return hidden
    .split("\n")
    .map((line) => (root && !/^\s*#/.test(line) ? line : maskLine(line)))
    .join("\n");
}

/** A line of YAML with the value hidden where its key names a secret. */
export function maskLine(line: string): string {
  return line.replace(
    /(?<![\w.-])(["']?)([\w.-]+)\1(\s*:\s+)([^\s,{}#][^,}]*)/g,
    (whole, quote: string, key: string, colon: string) =>
      isSecretKey(key) ? `${quote}${key}${quote}${colon}${mask}` : whole,
  );
}

function secretSpans(node: ConfigNode, secret = false): Span[] {
  if (node.kind === "list") return node.items.flatMap((item) => secretSpans(item, secret));
  if (node.kind === "map") {
    return node.entries.flatMap(({ key, value }) => secretSpans(value, secret || isSecretKey(key)));
  }
  const type = readScalar(node).type;
  return secret && type !== "null" && type !== "boolean" && node.text !== "" ? [node.span] : [];
}
