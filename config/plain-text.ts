import { isDeepStrictEqual } from "node:util";
import type { ConfigNode } from "./document.ts";
import { readScalar } from "./scalar.ts";

/** A tree without positions, for comparing: text is as written, undefined is null. */
export type PlainText = string | undefined | PlainText[] | Map<string, PlainText>;

type Path = readonly string[];

export function plainText(node: ConfigNode): PlainText {
  if (node.kind === "list") return node.items.map(plainText);
  if (node.kind === "map") return new Map(node.entries.map(({ key, value }) => [key, plainText(value)]));
  return readScalar(node).type === "null" ? undefined : node.text;
}

/** Without null values, empty text and empty sections, which all mean that nothing is set. */
export function pruned(value: PlainText): PlainText {
  if (!(value instanceof Map)) return Array.isArray(value) ? value.map(pruned) : value;
  const inner = [...value].map(([key, child]): [string, PlainText] => [key, pruned(child)]);
  return new Map(
    inner.filter(([, child]) => child !== undefined && !(child instanceof Map && child.size === 0)),
  );
}

export function withValue(tree: PlainText, path: Path, value: PlainText): PlainText {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const map = tree instanceof Map ? tree : new Map<string, PlainText>();
  return new Map([...map, [key, withValue(map.get(key), rest, value)]]);
}

export function withoutValue(tree: PlainText, path: Path): PlainText {
  return withValue(tree, path, undefined);
}

export function withItem(tree: PlainText, path: Path, item: PlainText): PlainText {
  return withValue(tree, path, [...listAt(tree, path), item]);
}

export function withoutItem(tree: PlainText, path: Path, item: PlainText): PlainText {
  const list = listAt(tree, path);
  const index = list.findIndex((other) => isDeepStrictEqual(other, item));
  return withValue(tree, path, list.toSpliced(index, index === -1 ? 0 : 1));
}

/** The items of a list; one text stands for a list of it. */
function listAt(tree: PlainText, path: Path): PlainText[] {
  const value = path.reduce<PlainText>(
    (inner, key) => (inner instanceof Map ? inner.get(key) : undefined),
    tree,
  );
  if (Array.isArray(value)) return value;
  return value === undefined || value === "" ? [] : [value];
}
