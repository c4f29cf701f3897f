import { otherMeaning, readScalar } from "./scalar.ts";
import type { ConfigNode, ScalarNode } from "./document.ts";

/** Whether a value fits behind its key, in one line. */
export function isInline(value: ConfigNode): boolean {
  if (value.kind === "list") return value.items.length === 0;
  return value.kind === "scalar" || value.entries.length === 0;
}

/** A value in one line, as in `[a, {b: 1}]`. */
export function flow(value: ConfigNode): string {
  if (value.kind === "scalar") return scalar(value);
  if (value.kind === "list") return `[${value.items.map(flow).join(", ")}]`;
  return `{${value.entries.map(({ key, value }) => `${quoted(key)}: ${flow(value)}`).join(", ")}}`;
}

/** The lines of nested keys and their value in block style. Lists stand two spaces further in than their key. */
export function entryLines(keys: readonly string[], value: ConfigNode, indent: number): string[] {
  const [key = "", ...inner] = keys;
  const head = `${" ".repeat(indent)}${quoted(key)}:`;
  if (inner.length > 0) return [head, ...entryLines(inner, value, indent + 2)];
  if (isInline(value)) return [`${head} ${flow(value)}`];
  if (value.kind === "list") {
    return [head, ...value.items.map((item) => `${" ".repeat(indent + 2)}- ${flow(item)}`)];
  }
  if (value.kind === "scalar") return [`${head} ${flow(value)}`];
  return [head, ...value.entries.flatMap((entry) => entryLines([entry.key], entry.value, indent + 2))];
}

/** Text as a key or value that reads as the same text wherever it stands. */
export function quoted(text: string): string {
  const node: ScalarNode = { kind: "scalar", text, plain: true, span: { start: 0, end: 0 } };
  const safe = /^[\p{L}\p{N}_/.][\p{L}\p{N}_./@+-]*(?: [\p{L}\p{N}_./@+-]+)*$/u.test(text);
  const isText = readScalar(node).type === "text" && otherMeaning(node) === undefined;
  return safe && isText ? text : JSON.stringify(text).replaceAll("\u007F", "\\x7f");
}

/** A plain scalar stays plain where YAML reads it as something else than text. */
function scalar(node: ScalarNode): string {
  if (!node.plain) return quoted(node.text);
  const value = readScalar(node);
  if (value.type === "null") return node.text === "" ? "null" : node.text;
  return value.type === "text" && otherMeaning(node) === undefined ? quoted(node.text) : node.text;
}
