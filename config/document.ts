/** Offsets into the text, in UTF-16 code units; `end` is exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** Text as written. `plain` is false where quotes, a block style or `!!str` make it text whatever it looks like. */
export interface ScalarNode {
  kind: "scalar";
  text: string;
  plain: boolean;
  span: Span;
}

export interface ListNode {
  kind: "list";
  items: ConfigNode[];
  span: Span;
}

export interface MapEntry {
  key: string;
  keySpan: Span;
  value: ConfigNode;
}

/** Entries in the order of the text; merge keys (`<<`) are already resolved, keys are unique. */
export interface MapNode {
  kind: "map";
  entries: MapEntry[];
  span: Span;
}

/** The config as a tree with positions, before anything is said about its meaning. */
export type ConfigNode = ScalarNode | ListNode | MapNode;

/** The node at a path of keys and list indices, or undefined where the text has none. */
export function nodeAt(root: ConfigNode, path: readonly string[]): ConfigNode | undefined {
  let node: ConfigNode | undefined = root;
  for (const part of path) {
    if (node === undefined || node.kind === "scalar") return undefined;
    node = node.kind === "list" ? node.items[Number(part)] : entryOf(node, part)?.value;
  }
  return node;
}

/** The entry of a key, or undefined. */
export function entryOf(map: MapNode, key: string): MapEntry | undefined {
  return map.entries.find((entry) => entry.key === key);
}
