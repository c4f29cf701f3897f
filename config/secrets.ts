import type { Json } from "./config.ts";
import type { ConfigNode, Span } from "./document.ts";
import { readScalar } from "./scalar.ts";

/** What stands in the place of a secret. */
const mask = "********";

/** Sections in which keys are names of people and groups, who may be called anything. */
const withoutSecrets = new Set(["users", "limits"]);

/** Whether what stands at a path must not be shown: its key or one above it names a secret. */
export function isSecret(path: readonly string[]): boolean {
  return !withoutSecrets.has(path[0] ?? "") && path.some(isSecretKey);
}

function isSecretKey(key: string): boolean {
  // whoever knows a webhook's address may write to the room behind it
  if (key === "webhook") return true;
  return (
    /secret|passw|token|private_key|cookie/i.test(key) &&
    !/_(?:url|uri|class|length|params|method|scope|file)$/i.test(key) &&
    key !== "first_password"
  );
}

/** Data with every secret hidden. @param path where it stands in the config */
export function maskValue(value: Json, path: readonly string[] = []): Json {
  if (value === null || typeof value === "boolean" || value === "") return value;
  if (Array.isArray(value)) return value.map((item) => maskValue(item, path));
  if (isSecret(path)) return mask;
  if (typeof value === "string") return maskCredentials(value);
  if (typeof value !== "object" || "rawJSON" in value) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, maskValue(inner, [...path, name])]),
  );
}

/** A text with every secret hidden; what cannot be parsed is hidden line by line. */
export function maskText(text: string, root: ConfigNode | undefined): string {
  const spans = root ? secretSpans(root, []) : [];
  const hidden = spans
    .toSorted((a, b) => b.start - a.start)
    .reduce((masked, { start, end }) => {
      // A block of text ends with its line break, which stays.
      const length = text.slice(start, end).trimEnd().length;
      return masked.slice(0, start) + mask + masked.slice(start + length);
    }, text);
  return hidden
    .split("\n")
    .map((line) => (root && !/^\s*#/.test(line) ? maskCredentials(line) : maskLine(line)))
    .join("\n");
}

/** A line of YAML with the value hidden where its key names a secret. */
export function maskLine(line: string): string {
  const masked = line.replace(
    /(?<![\w.-])(["']?)([\w.-]+)\1(\s*:\s+)([^\s,{}#][^,}]*)/g,
    (whole, quote: string, key: string, colon: string) =>
      isSecretKey(key) ? `${quote}${key}${quote}${colon}${mask}` : whole,
  );
  return maskCredentials(masked);
}

/** Addresses (of a package, of a proxy) without what stands in front of their host; the name alone may stay for ssh. */
function maskCredentials(text: string): string {
  return text.replace(
    /(\b[a-z][a-z+]{0,20}:\/\/)([^\s/?#@"']+)@/gi,
    (whole, scheme: string, credentials: string) =>
      /ssh:/i.test(scheme) && !credentials.includes(":") ? whole : `${scheme}${mask}@`,
  );
}

function secretSpans(node: ConfigNode, path: readonly string[]): Span[] {
  if (node.kind === "list") return node.items.flatMap((item) => secretSpans(item, path));
  if (node.kind === "map") {
    return node.entries.flatMap(({ key, value }) => secretSpans(value, [...path, key]));
  }
  const type = readScalar(node).type;
  return isSecret(path) && type !== "null" && type !== "boolean" && node.text !== "" ? [node.span] : [];
}
