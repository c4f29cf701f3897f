import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Document, Range, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { ConfigNode, ListNode, MapEntry, MapNode, ScalarNode, Span } from "./document.ts";
import type { Parsed } from "./parse.ts";
import type { Finding } from "./problem.ts";
import { readScalar } from "./scalar.ts";

/** More nodes than this, counted with every alias followed, is an alias bomb: 5,000 people need some 20,000. */
const mostNodes = 1_000_000;

/** Finding the line of each duplicate costs time; nobody needs more than this many. */
const mostFindings = 200;

/** Turns the parser's document into our tree: aliases followed, merge keys resolved. */
export function readTree(text: string, document: Document.Parsed): Parsed {
  const reader = new TreeReader(text);
  try {
    const root = reader.read(document.contents);
    return { findings: reader.findings, ...(root && { root, document }) };
  } catch (error) {
    if (!(error instanceof AliasBomb)) throw error;
    const message = "Aliases repeat each other until the file would be enormous.";
    reader.add("alias-bomb", error.span, message, "Write out what you mean, or use fewer aliases.");
    return { findings: reader.findings };
  }
}

class AliasBomb extends Error {
  readonly span: Span;

  constructor(span: Span) {
    super("alias bomb");
    this.span = span;
  }
}

class TreeReader {
  readonly findings: Finding[] = [];
  private readonly text: string;
  /** How many nodes a node stands for, aliases followed. */
  private readonly sizes = new Map<ConfigNode, number>();
  /** By anchor: the node, or undefined while it is being read. */
  private readonly anchors = new Map<string, ConfigNode | undefined>();
  private readonly path: string[] = [];

  constructor(text: string) {
    this.text = text;
  }

  /** The root; undefined where it is no mapping, which is said. */
  read(contents: unknown): MapNode | undefined {
    const root = this.node(contents, 0);
    if (root.kind === "map") return root;
    if (root.kind === "scalar" && root.plain && /^(?:~|null|Null|NULL)?$/.test(root.text)) {
      return { kind: "map", entries: [], span: { start: 0, end: 0 } };
    }
    const message = "The file must hold keys and values, not one value or a list.";
    const hint = "Begin with a key, as in `users:`; `homeroom config reference` lists the keys.";
    this.add("not-a-mapping", root.span, message, hint);
    return undefined;
  }

  add(code: string, span: Span, message: string, hint: string): void {
    this.findings.push({ severity: "error", code, path: [...this.path], span, message, hint });
  }

  private node(source: unknown, after: number): ConfigNode {
    if (isAlias(source)) return this.alias(source.source, spanOf(source));
    const anchor = isMap(source) || isSeq(source) || isScalar(source) ? source.anchor : undefined;
    if (anchor !== undefined) this.anchors.set(anchor, undefined);
    const node = this.newNode(source, after);
    if (anchor !== undefined) this.anchors.set(anchor, node);
    return node;
  }

  private newNode(source: unknown, after: number): ConfigNode {
    if (isMap(source)) return this.map(source);
    if (isSeq(source)) return this.list(source);
    if (isScalar(source)) return this.scalar(source);
    return { kind: "scalar", text: "", plain: true, span: { start: after, end: after } };
  }

  private scalar(source: Scalar): ScalarNode {
    const span = spanOf(source);
    const text = typeof source.value === "string" ? source.value : "";
    const { tag } = source;
    if (!tag) return { kind: "scalar", text, plain: source.type === "PLAIN", span };
    if (tag === "!" || tag === `${standardTag}str`) return { kind: "scalar", text, plain: false, span };
    const node: ScalarNode = { kind: "scalar", text, plain: true, span };
    if (!typesOfTags.get(tag)?.includes(readScalar(node).type)) this.refuseTag(tag, span);
    return node;
  }

  private list(source: YAMLSeq): ListNode {
    const span = spanOf(source);
    if (source.tag && source.tag !== `${standardTag}seq`) this.refuseTag(source.tag, span);
    const items = source.items.map((item) => this.node(item, span.end));
    return this.sized({ kind: "list", items, span });
  }

  private map(source: YAMLMap): MapNode {
    const span = spanOf(source);
    if (source.tag && source.tag !== `${standardTag}map`) this.refuseTag(source.tag, span);
    const entries = new Map<string, MapEntry>();
    const merged: MapEntry[] = [];
    const seen = new Map<string, ScalarNode>();
    for (const pair of source.items) {
      const key = this.key(pair.key, span);
      if (key === undefined) continue;
      this.path.push(key.text);
      const value = this.node(pair.value, key.span.end + 1);
      const first = seen.get(key.text);
      if (first) this.refuseDuplicate(key, first);
      else seen.set(key.text, key);
      this.path.pop();
      if (key.text === "<<" && key.plain) merged.push(...this.merge(value));
      else if (!first) entries.set(key.text, { key: key.text, keySpan: key.span, value });
      if (merged.length > mostNodes) throw new AliasBomb(span);
    }
    for (const entry of merged) if (!entries.has(entry.key)) entries.set(entry.key, entry);
    return this.sized({ kind: "map", entries: [...entries.values()], span });
  }

  private key(source: unknown, map: Span): ScalarNode | undefined {
    const node = this.node(source, map.start);
    if (node.kind === "scalar") return node;
    const message = "A list or a mapping stands where a key belongs.";
    this.add("complex-key", node.span, message, "Write a plain word there.");
    return undefined;
  }

  private merge(value: ConfigNode): MapEntry[] {
    const maps = value.kind === "list" ? value.items : [value];
    return maps.flatMap((map) => {
      if (map.kind === "map") return map.entries;
      const message = "Only mappings can be merged with `<<`.";
      this.add("bad-merge", map.span, message, "Name an anchor of a mapping there.");
      return [];
    });
  }

  private alias(name: string, span: Span): ConfigNode {
    const node = this.anchors.get(name);
    if (node !== undefined) return node;
    const inside = this.anchors.has(name);
    const message = inside ? `\`*${name}\` contains itself.` : `There is no anchor \`&${name}\`.`;
    this.add(inside ? "alias-loop" : "unknown-alias", span, message, "Write the value out instead.");
    return { kind: "scalar", text: "", plain: true, span };
  }

  private refuseDuplicate(key: ScalarNode, first: ScalarNode): void {
    if (this.findings.length > mostFindings) return;
    const line = this.text.slice(0, first.span.start).split("\n").length;
    const message = `The key \`${key.text}\` is here twice; it is already in line ${line}.`;
    this.add("duplicate-key", key.span, message, "Keep one of them and put everything under it.");
  }

  private refuseTag(tag: string, span: Span): void {
    const message = `The tag \`${tag.replace(standardTag, "!!")}\` has no meaning here.`;
    this.add("yaml-tag", span, message, "Delete it and write the plain value.");
  }

  private sized<Node extends ListNode | MapNode>(node: Node): Node {
    const children = node.kind === "list" ? node.items : node.entries.map(({ value }) => value);
    const size = children.reduce((sum, child) => sum + (this.sizes.get(child) ?? 1), 1);
    if (size > mostNodes) throw new AliasBomb(node.span);
    this.sizes.set(node, size);
    return node;
  }
}

const standardTag = "tag:yaml.org,2002:";

/** What text may be that has one of YAML's own tags; other tags mean nothing here. */
const typesOfTags = new Map([
  [`${standardTag}int`, ["integer"]],
  [`${standardTag}float`, ["float", "integer"]],
  [`${standardTag}bool`, ["boolean"]],
  [`${standardTag}null`, ["null"]],
]);

/** Where a node stands; every node of a parsed text has a range. */
function spanOf(node: { range?: Range | null | undefined }): Span {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}
