import { isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { Document, Pair, ParsedNode, Scalar, YAMLError, YAMLMap, YAMLSeq } from "yaml";
import type { ConfigNode, ListNode, MapEntry, MapNode, ScalarNode, Span } from "./document.ts";
import { foldLongLists } from "./long-lists.ts";
import type { LongList } from "./long-lists.ts";
import type { Finding } from "./problem.ts";
import { syntaxFinding } from "./syntax.ts";

/** More text than this is not a config. */
const largestText = 1024 * 1024;
/** More nodes than this, counted with every alias followed, is an alias bomb: 5,000 people need some 20,000. */
const mostNodes = 1_000_000;

export interface Parsed {
  findings: Finding[];
  /** The tree; undefined where the text cannot be read as one mapping. An empty file is an empty map. */
  root?: MapNode;
}

/** Reads YAML into a tree with positions. What is wrong with the syntax is in `findings`; never throws. */
export function parse(text: string): Parsed {
  const early = unreadable(text);
  if (early) return { findings: [early] };
  const folded = foldLongLists(text);
  const parsed = parseFolded(folded.text, folded.lists);
  return parsed ?? parseFolded(text, new Map()) ?? { findings: [] };
}

function unreadable(text: string): Finding | undefined {
  if (Buffer.byteLength(text) > largestText) {
    return wholeFile(
      "too-large",
      "The file is larger than 1 MiB.",
      "A config is small; keep data elsewhere.",
    );
  }
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFE\uFFFF]/.exec(text);
  if (!control) return undefined;
  const code = control[0].charCodeAt(0);
  return {
    severity: "error",
    code: code === 0 ? "nul-byte" : "control-character",
    path: [],
    span: { start: control.index, end: control.index + 1 },
    message: `There is an invisible character here (U+${code.toString(16).toUpperCase().padStart(4, "0")}).`,
    hint: "Delete it, or save the file again as plain UTF-8 text.",
  };
}

function wholeFile(code: string, message: string, hint: string): Finding {
  return { severity: "error", code, path: [], span: { start: 0, end: 1 }, message, hint };
}

const tooDeep = wholeFile("too-deep", "The file is nested too deeply.", "A config has few levels.");

/** Undefined where a folded list turned out to be something else, so that the text must be read unfolded. */
function parseFolded(text: string, lists: ReadonlyMap<string, LongList>): Parsed | undefined {
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      schema: "failsafe",
      version: "1.2",
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "error",
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { findings: [tooDeep] };
  }
  if (document.errors.some(({ message }) => message.includes("call stack"))) return { findings: [tooDeep] };
  if (document.errors.length > 0 && lists.size > 0) return undefined;
  const findings = document.errors.map((error: YAMLError) => syntaxFinding(error, text));
  if (findings.length > 0) return { findings: firstOfEachLine(findings, text) };
  const version = document.directives?.yaml;
  if (version?.explicit && version.version !== "1.2") {
    const hint = "Delete the %YAML line: the config is YAML 1.2.";
    return { findings: [wholeFile("yaml-version", `The file asks for YAML ${version.version}.`, hint)] };
  }
  const reader = new TreeReader(text, document, lists);
  try {
    return reader.read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { findings: [tooDeep] };
  }
}

/** One mistake in YAML often makes a string of errors: those after the first in a line say nothing new. */
function firstOfEachLine(findings: Finding[], text: string): Finding[] {
  const lines = new Set<number>();
  return findings.filter(({ span }) => {
    const line = text.lastIndexOf("\n", span.start - 1);
    return lines.has(line) ? false : lines.add(line);
  });
}

class TreeReader {
  readonly findings: Finding[] = [];
  private readonly text: string;
  private readonly document: Document.Parsed;
  private readonly lists: ReadonlyMap<string, LongList>;
  private readonly sizes = new Map<ConfigNode, number>();
  private readonly anchored = new Map<unknown, ConfigNode>();
  private readonly open = new Set<unknown>();
  private readonly path: string[] = [];
  private unfolded = 0;

  constructor(text: string, document: Document.Parsed, lists: ReadonlyMap<string, LongList>) {
    this.text = text;
    this.document = document;
    this.lists = lists;
  }

  read(): Parsed | undefined {
    const contents = this.document.contents;
    if (contents === null || (isScalar(contents) && isEmpty(contents))) {
      return { findings: [], root: { kind: "map", entries: [], span: { start: 0, end: 0 } } };
    }
    const root = this.node(contents as ParsedNode);
    if (this.unfolded !== this.lists.size) return undefined;
    if ((this.sizes.get(root) ?? 0) > mostNodes) {
      const message = "Aliases repeat each other until the file would be enormous.";
      this.add("alias-bomb", root.span, message, "Write out what you mean, or use fewer aliases.");
      return { findings: this.findings };
    }
    if (root.kind !== "map") {
      const hint = "Begin with a key, as in `users:`; `homeroom config reference` lists the keys.";
      this.add(
        "not-a-mapping",
        root.span,
        "The file must hold keys and values, not one value or a list.",
        hint,
      );
      return { findings: this.findings };
    }
    return { findings: this.findings, root };
  }

  private node(source: ParsedNode | null, after: number = 0): ConfigNode {
    if (source === null)
      return this.sized({ kind: "scalar", text: "", plain: true, span: { start: after, end: after } });
    if (isAlias(source)) return this.alias(source as ParsedNode & { source: string });
    this.open.add(source);
    const node = isMap(source)
      ? this.map(source as YAMLMap<ParsedNode, ParsedNode | null>)
      : isSeq(source)
        ? this.list(source as YAMLSeq<ParsedNode>)
        : this.scalar(source as Scalar & ParsedNode);
    this.open.delete(source);
    this.anchored.set(source, node);
    return node;
  }

  private scalar(source: Scalar & ParsedNode): ScalarNode {
    const span = spanOf(source);
    const tag = source.tag ?? "";
    const known = ["", "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"];
    if (![...known, "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null"].includes(tag))
      this.refuseTag(tag, span);
    const resolves = tag === "" ? source.type === "PLAIN" : /:(?:int|float|bool|null)$/.test(tag);
    const text = String(source.value ?? "");
    return this.sized({ kind: "scalar", text, plain: resolves, span });
  }

  private list(source: YAMLSeq<ParsedNode>): ListNode {
    const span = spanOf(source as unknown as ParsedNode);
    if (source.tag && source.tag !== "tag:yaml.org,2002:seq") this.refuseTag(source.tag, span);
    const items: ConfigNode[] = [];
    for (const item of source.items) {
      const list = isScalar(item) && item.type === "PLAIN" ? this.lists.get(String(item.value)) : undefined;
      if (list === undefined) {
        items.push(this.node(item, span.end));
        continue;
      }
      this.unfolded++;
      for (const { text, start } of list.items) {
        items.push(
          this.sized({ kind: "scalar", text, plain: true, span: { start, end: start + text.length } }),
        );
      }
    }
    return this.sized({ kind: "list", items, span });
  }

  private map(source: YAMLMap<ParsedNode, ParsedNode | null>): MapNode {
    const span = spanOf(source as unknown as ParsedNode);
    if (source.tag && source.tag !== "tag:yaml.org,2002:map") this.refuseTag(source.tag, span);
    const entries: MapEntry[] = [];
    const merged: MapEntry[] = [];
    const keys = new Map<string, Span>();
    for (const pair of source.items as Pair<ParsedNode, ParsedNode | null>[]) {
      const key = this.key(pair.key);
      if (key === undefined) continue;
      this.path.push(key.text);
      const value = this.node(pair.value, key.span.end + 1);
      if (keys.has(key.text)) this.refuseDuplicate(key, keys.get(key.text));
      this.path.pop();
      if (key.text === "<<" && key.plain) {
        merged.push(...this.merge(value));
        continue;
      }
      if (keys.has(key.text)) continue;
      keys.set(key.text, key.span);
      entries.push({ key: key.text, keySpan: key.span, value });
    }
    for (const entry of merged) {
      if (keys.has(entry.key)) continue;
      keys.set(entry.key, entry.keySpan);
      entries.push(entry);
    }
    return this.sized({ kind: "map", entries, span });
  }

  private key(source: ParsedNode | null): ScalarNode | undefined {
    const node = this.node(source);
    if (node.kind === "scalar") return node;
    this.add(
      "complex-key",
      node.span,
      "A list or a mapping stands where a key belongs.",
      "Write a plain word there.",
    );
    return undefined;
  }

  private merge(value: ConfigNode): MapEntry[] {
    const maps = value.kind === "list" ? value.items : [value];
    return maps.flatMap((map) => {
      if (map.kind === "map") return map.entries;
      this.add(
        "bad-merge",
        map.span,
        "Only mappings can be merged with `<<`.",
        "Name an anchor of a mapping there.",
      );
      return [];
    });
  }

  private alias(source: ParsedNode & { source: string }): ConfigNode {
    const span = spanOf(source);
    const target = (source as unknown as { resolve(document: Document): unknown }).resolve(this.document);
    const node = this.anchored.get(target);
    if (node !== undefined && !this.open.has(target)) return node;
    const inside = this.open.has(target);
    const message = inside
      ? `\`*${source.source}\` contains itself.`
      : `There is no anchor \`&${source.source}\`.`;
    this.add(inside ? "alias-loop" : "unknown-alias", span, message, "Write the value out instead.");
    return this.sized({ kind: "scalar", text: "", plain: true, span });
  }

  private refuseDuplicate(key: ScalarNode, first: Span | undefined): void {
    const line = this.text.slice(0, first?.start).split("\n").length;
    const message = `The key \`${key.text}\` is here twice; it is already in line ${line}.`;
    this.add("duplicate-key", key.span, message, "Keep one of them and put everything under it.");
  }

  private refuseTag(tag: string, span: Span): void {
    const short = tag.replace("tag:yaml.org,2002:", "!!");
    this.add(
      "yaml-tag",
      span,
      `The tag \`${short}\` has no meaning here.`,
      "Delete it and write the plain value.",
    );
  }

  private add(code: string, span: Span, message: string, hint: string): void {
    this.findings.push({ severity: "error", code, path: [...this.path], span, message, hint });
  }

  /** Remembers how many nodes this one stands for, aliases followed. */
  private sized<Node extends ConfigNode>(node: Node): Node {
    const children: ConfigNode[] =
      node.kind === "list" ? node.items : node.kind === "map" ? node.entries.map(({ value }) => value) : [];
    this.sizes.set(
      node,
      children.reduce((sum, child) => sum + (this.sizes.get(child) ?? 1), 1),
    );
    return node;
  }
}

function isEmpty(node: Scalar): boolean {
  return node.type === "PLAIN" && /^(?:~|null|Null|NULL)?$/.test(String(node.value ?? ""));
}

function spanOf(node: ParsedNode): Span {
  const [start, end] = node.range;
  return { start, end };
}
