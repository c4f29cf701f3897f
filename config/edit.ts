import { isDeepStrictEqual } from "node:util";
import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Pair, YAMLMap, YAMLSeq } from "yaml";
import type { ConfigNode } from "./document.ts";
import { parse } from "./parse.ts";
import {
  joined,
  isBlock,
  isBlockScalar,
  colonOf,
  indentOf,
  columnOf,
  endOfLine,
  endOf,
  rangeOf,
  range,
  last,
} from "./places.ts";
import { entryLines, flow, isInline, quoted } from "./render.ts";
import { readScalar } from "./scalar.ts";
import { plainText, pruned, withItem, withoutItem, withoutValue, withValue } from "./plain-text.ts";
import type { PlainText } from "./plain-text.ts";

type Path = readonly string[];

/** An edit that cannot be made in this text without touching more than was asked for. */
export class EditProblem extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * The text with one value set. Every line that the value does not stand in stays byte for byte; sections that are
 * missing are added at the end of their parent.
 * @throws EditProblem
 */
export function setValue(text: string, path: Path, value: ConfigNode): string {
  const found = find(text, path);
  const edited = found.rest.length === 0 ? replaceValue(text, found, value) : insertEntry(text, found, value);
  return checked(found, edited, (before) => withValue(before, path, plainText(value)));
}

/**
 * The text without a key, and without the sections that this leaves empty. The same text where the key is not in it.
 * @throws EditProblem
 */
export function unsetValue(text: string, path: Path): string {
  const found = find(text, path);
  if (found.rest.length > 0) return text;
  const edited = removeEntry(text, found.trail);
  return checked(found, edited, (before) => withoutValue(before, path));
}

/**
 * The text with one more item in a list, which is made where there is none. The same text where it is in the list.
 * @throws EditProblem
 */
export function addItem(text: string, path: Path, item: ConfigNode): string {
  const found = find(text, path);
  const list = itemsOf(found);
  if (found.rest.length === 0 && list.some((node) => textOf(node) === itemText(item))) return text;
  const edited = appendItem(text, found, list, item);
  return checked(found, edited, (before) => withItem(before, path, plainText(item)));
}

/**
 * The text without an item of a list. The same text where it is not in the list.
 * @throws EditProblem
 */
export function removeItem(text: string, path: Path, item: ConfigNode): string {
  const found = find(text, path);
  const list = found.rest.length === 0 ? itemsOf(found) : [];
  const index = list.findIndex((node) => textOf(node) === itemText(item));
  if (index === -1) return text;
  const edited = cutItem(text, found, index);
  return checked(found, edited, (before) => withoutItem(before, path, plainText(item)));
}

interface Step {
  map: YAMLMap;
  pair: Pair;
}

interface Found {
  /** The whole text. */
  tree: ConfigNode;
  root: YAMLMap | undefined;
  /** From the root to the last key that is in the text. */
  trail: Step[];
  /** The keys that are not. */
  rest: string[];
}

function find(text: string, path: Path): Found {
  const { root: tree, document, findings } = parse(text);
  if (tree === undefined || document === undefined || findings.length > 0) {
    throw new EditProblem(
      "The file has errors of its own.",
      "Correct them first; `homeroom config check` shows them.",
    );
  }
  const trail: Step[] = [];
  let node: unknown = document.contents;
  const root = isMap(node) ? node : undefined;
  for (const [index, key] of path.entries()) {
    if (isAlias(node)) throw throughAlias(path.slice(0, index), node.source);
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    if (!isMap(node) || pair === undefined) {
      if (!isMap(node) && !isUnset(node)) throw notASection(path.slice(0, index));
      return { tree, root, trail, rest: path.slice(index) };
    }
    trail.push({ map: node, pair });
    node = pair.value;
  }
  return { tree, root, trail, rest: [] };
}

function throughAlias(path: Path, name: string): EditProblem {
  const hint = "Edit the anchor, or write the section out, with `homeroom config edit`.";
  return new EditProblem(`\`${path.join(".")}\` is written as the alias \`*${name}\`.`, hint);
}

function notASection(path: Path): EditProblem {
  return new EditProblem(`\`${path.join(".")}\` is a value, not a section.`, "Unset it first.");
}

function isUnset(node: unknown): boolean {
  if (node === null || node === undefined) return true;
  if (!isScalar(node) || (node.type !== undefined && node.type !== "PLAIN")) return false;
  return (
    readScalar({ kind: "scalar", text: String(textOf(node)), plain: true, span: noSpan }).type === "null"
  );
}

const noSpan = { start: 0, end: 0 };

function textOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === "string" ? node.value : undefined;
}

function itemText(item: ConfigNode): string | undefined {
  return item.kind === "scalar" ? item.text : undefined;
}

function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

function replaceValue(text: string, { trail }: Found, value: ConfigNode): string {
  const { pair } = last(trail);
  const old = pair.value;
  const colon = colonOf(text, pair);
  if (isBlock(old)) {
    const lineEnd = endOfLine(text, colon);
    const inline = isInline(value) ? ` ${flow(value)}` : "";
    const lines = isInline(value) ? "" : blockLines(text, value, indentOf(text, pair) + 2);
    return splice(
      splice(text, lineEnd, endOfLine(text, endOf(text, pair)), lines),
      colon + 1,
      colon + 1,
      inline,
    );
  }
  const [start, end] = rangeOf(old) ?? [colon + 1, colon + 1];
  if (start === end) return splice(text, colon + 1, colon + 1, ` ${flow(value)}`);
  return splice(text, start, isScalar(old) && isBlockScalar(old.type) ? endOf(text, pair) : end, flow(value));
}

function insertEntry(text: string, { root, trail, rest }: Found, value: ConfigNode): string {
  const parent = trail.at(-1);
  if (parent === undefined) return insertAtRoot(text, root, rest, value);
  const inFlow = trail.some(({ map }) => map.flow);
  const node = parent.pair.value;
  if (isMap(node) && node.items.length > 0) return insertInMap(text, node, rest, value);
  const colon = colonOf(text, parent.pair);
  if (inFlow || isMap(node)) {
    const [start, end] = isMap(node) ? range(node) : [colon + 1, (rangeOf(node) ?? [0, colon + 1])[1]];
    const space = isMap(node) ? "" : " ";
    return splice(text, start, end, `${space}{${flowEntry(rest, value)}}`);
  }
  const lines = entryLines(rest, value, indentOf(text, parent.pair) + 2);
  return openSection(text, colon, node, joined(text, lines));
}

/** Puts lines under a key whose value is nothing (or a written-out null), and keeps the comment behind it. */
function openSection(text: string, colon: number, nothing: unknown, lines: string): string {
  const [start, end] = rangeOf(nothing) ?? [colon + 1, colon + 1];
  const lineEnd = endOfLine(text, colon);
  const tail = text.slice(start === end ? colon + 1 : end, lineEnd);
  return splice(text, colon + 1, lineEnd, tail + lines);
}

function insertAtRoot(text: string, root: YAMLMap | undefined, rest: Path, value: ConfigNode): string {
  if (root !== undefined && root.items.length > 0) return insertInMap(text, root, rest, value);
  if (root !== undefined) {
    const [start, end] = range(root);
    return splice(text, start, end, `{${flowEntry(rest, value)}}`);
  }
  const lines = entryLines(rest, value, 0);
  if (text.replace(/^\uFEFF/, "") === "") return `${text}${lines.join("\n")}\n`;
  const end = text.trimEnd().length;
  return splice(text, end, end, joined(text, lines));
}

function insertInMap(text: string, map: YAMLMap, rest: Path, value: ConfigNode): string {
  const pair = last(map.items);
  const end = endOf(text, pair);
  if (map.flow) return splice(text, end, end, `, ${flowEntry(rest, value)}`);
  const lineEnd = endOfLine(text, end);
  const first = map.items[0] ?? pair;
  return splice(text, lineEnd, lineEnd, joined(text, entryLines(rest, value, indentOf(text, first))));
}

function flowEntry(keys: Path, value: ConfigNode): string {
  const inner = keys.slice(1).reduceRight((nested, key) => `{${quoted(key)}: ${nested}}`, flow(value));
  return `${quoted(keys[0] ?? "")}: ${inner}`;
}

function removeEntry(text: string, trail: readonly Step[]): string {
  const { map, pair } = last(trail);
  const parent = trail.at(-2);
  if (map.flow && map.items.length === 1 && parent?.map.flow) return removeEntry(text, trail.slice(0, -1));
  if (map.flow) return removeFromFlow(text, map, pair);
  if (map.items.length === 1 && parent !== undefined && !parent.map.flow) {
    const between = text.slice(colonOf(text, parent.pair) + 1, range(pair.key)[0]);
    if (between.trim() === "") return removeEntry(text, trail.slice(0, -1));
  }
  return removeLines(text, range(pair.key)[0], endOf(text, pair));
}

function removeFromFlow(text: string, map: YAMLMap, pair: Pair): string {
  const index = map.items.indexOf(pair);
  const next = map.items[index + 1];
  const before = map.items[index - 1];
  if (next) return splice(text, range(pair.key)[0], range(next.key)[0], "");
  if (before) return splice(text, endOf(text, before), endOf(text, pair), "");
  const [start, end] = range(map);
  return splice(text, start, end, "{}");
}

/** Takes out the whole lines from one place to another, with the line break before them. */
function removeLines(text: string, start: number, end: number): string {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = endOfLine(text, end);
  const mark = lineStart === 0 && text.startsWith("\uFEFF") ? 1 : 0;
  if (lineStart === 0) return text.slice(0, mark) + text.slice(lineEnd).replace(/^\r?\n/, "");
  const lineBreak = text[lineStart - 2] === "\r" ? 2 : 1;
  return splice(text, lineStart - lineBreak, lineEnd, "");
}

function itemsOf({ trail, rest }: Found): unknown[] {
  const node = rest.length === 0 ? trail.at(-1)?.pair.value : undefined;
  if (isSeq(node)) return node.items;
  if (isUnset(node)) return [];
  if (isScalar(node) && textOf(node) === "") return [];
  if (isScalar(node)) return [node];
  const name = trail.map(({ pair }) => textOf(pair.key)).join(".");
  throw new EditProblem(`\`${name}\` is no list.`, "Use `homeroom config edit`.");
}

function appendItem(text: string, found: Found, list: readonly unknown[], item: ConfigNode): string {
  const node = found.rest.length === 0 ? last(found.trail).pair.value : undefined;
  if (isSeq(node) && node.items.length > 0) {
    if (node.flow) return insertInFlowList(text, node, item);
    const lineEnd = endOfLine(text, endOf(text, { value: node }));
    const indent = " ".repeat(columnOf(text, range(node)[0]));
    return splice(text, lineEnd, lineEnd, joined(text, [`${indent}- ${flow(item)}`]));
  }
  const items = list.map((old): ConfigNode => ({
    kind: "scalar",
    text: textOf(old) ?? "",
    plain: true,
    span: noSpan,
  }));
  const value: ConfigNode = { kind: "list", items: [...items, item], span: noSpan };
  if (found.rest.length > 0) return insertEntry(text, found, value);
  const { pair } = last(found.trail);
  const inFlow = found.trail.some(({ map }) => map.flow);
  if (inFlow || isSeq(node) || items.length > 0) return replaceValue(text, found, value);
  const colon = colonOf(text, pair);
  const lines = joined(text, [`${" ".repeat(indentOf(text, pair) + 2)}- ${flow(item)}`]);
  return openSection(text, colon, node, lines);
}

function insertInFlowList(text: string, node: YAMLSeq, item: ConfigNode): string {
  const end = range(last(node.items))[1];
  return splice(text, end, end, `, ${flow(item)}`);
}

function cutItem(text: string, found: Found, index: number): string {
  const node = last(found.trail).pair.value;
  const empty: ConfigNode = { kind: "list", items: [], span: noSpan };
  if (!isSeq(node) || node.items.length === 1) return replaceValue(text, found, empty);
  const item = range(node.items[index]);
  if (!node.flow) return removeLines(text, item[0], endOf(text, { value: node.items[index] }));
  const next = node.items[index + 1];
  if (next !== undefined) return splice(text, item[0], range(next)[0], "");
  return splice(text, range(node.items[index - 1])[1], item[1], "");
}

/** The edited text, once it is sure that it means what was asked for and nothing else. */
function checked({ tree }: Found, edited: string, expected: (before: PlainText) => PlainText): string {
  const { root: after, findings } = parse(edited);
  const wanted = pruned(expected(plainText(tree)));
  if (after && findings.length === 0 && isDeepStrictEqual(pruned(plainText(after)), wanted)) return edited;
  throw new EditProblem(
    "This change cannot be made without changing other lines too (an anchor, or an unusual layout).",
    "Make it by hand with `homeroom config edit`.",
  );
}

function blockLines(text: string, value: ConfigNode, indent: number): string {
  return joined(text, entryLines(["x"], value, indent - 2).slice(1));
}
