import type { Json } from "./config.ts";
import type { ConfigNode } from "./document.ts";
import { readScalar } from "./scalar.ts";

/** What a tree means as data, without a schema: as TLJH's parser reads it. */
export function jsonOf(node: ConfigNode): Json {
  if (node.kind === "list") return node.items.map(jsonOf);
  if (node.kind === "map")
    return Object.fromEntries(node.entries.map(({ key, value }) => [key, jsonOf(value)]));
  const value = readScalar(node);
  if (value.type === "null") return null;
  if (value.type === "integer") return integerJson(value.value, value.digits);
  if (value.type === "date" || (value.type === "float" && !Number.isFinite(value.value))) return node.text;
  return value.value;
}

/** An integer with all its digits: beyond 2^53 as raw JSON. */
export function integerJson(value: number, digits: string | undefined): Json {
  return digits === undefined ? value : rawJson(digits);
}

/** Data as a tree, for writing it as YAML. */
export function treeOf(value: Json): ConfigNode {
  const span = { start: 0, end: 0 };
  if (Array.isArray(value)) return { kind: "list", items: value.map(treeOf), span };
  if (value === null) return { kind: "scalar", text: "null", plain: true, span };
  if (typeof value === "string") return { kind: "scalar", text: value, plain: false, span };
  if (typeof value !== "object" || isRawJson(value))
    return { kind: "scalar", text: JSON.stringify(value), plain: true, span };
  const entries = Object.entries(value).map(([key, inner]) => ({ key, keySpan: span, value: treeOf(inner) }));
  return { kind: "map", entries, span };
}

interface RawJson {
  rawJSON(text: string): Json;
  isRawJSON(value: unknown): boolean;
}

/** `JSON.rawJSON`, which TypeScript's library does not know yet: a value that prints as exactly this text. */
function rawJson(text: string): Json {
  return (JSON as unknown as RawJson).rawJSON(text);
}

function isRawJson(value: unknown): boolean {
  return (JSON as unknown as RawJson).isRawJSON(value);
}
