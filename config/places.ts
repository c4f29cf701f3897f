import { isMap, isScalar, isSeq } from "yaml";
import type { Node, Pair } from "yaml";

/** Lines as they follow an existing line, with the text's own line ends. */
export function joined(text: string, lines: readonly string[]): string {
  const lineBreak = /\r\n/.test(text) ? "\r\n" : "\n";
  return lines.map((line) => lineBreak + line).join("");
}

/** Whether a section or list is written in block style. */
export function isBlock(node: unknown): boolean {
  return (isMap(node) || isSeq(node)) && !node.flow;
}

/** Whether text is written as a block (`|` or `>`). */
export function isBlockScalar(type: unknown): boolean {
  return type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED";
}

/** Where the colon behind a key stands. */
export function colonOf(text: string, pair: Pair): number {
  return text.indexOf(":", range(pair.key)[1]);
}

/** The column of a pair's key, from 0. */
export function indentOf(text: string, pair: Pair): number {
  return columnOf(text, range(pair.key)[0]);
}

/** The column of an offset, from 0. */
export function columnOf(text: string, offset: number): number {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  return text.slice(lineStart, offset).replace(/^\uFEFF/, "").length;
}

/** Where the line ends that holds an offset, before its line break. */
export function endOfLine(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  if (newline === -1) return text.length;
  return text[newline - 1] === "\r" && newline > offset ? newline - 1 : newline;
}

/** Where the last character of a pair's value stands, comments after it not counted. */
export function endOf(text: string, pair: { key?: unknown; value?: unknown }): number {
  const { value } = pair;
  if (isMap(value) && !value.flow) return endOf(text, last(value.items));
  if (isSeq(value) && !value.flow) return endOf(text, { value: last(value.items) });
  const found = rangeOf(value);
  if (found === undefined) return rangeOf(pair.key) ? text.indexOf(":", range(pair.key)[1]) + 1 : 0;
  if (!isScalar(value) || !isBlockScalar(value.type)) return found[1];
  return found[0] + text.slice(found[0], found[1]).replace(/\r?\n$/, "").length;
}

/** The first character of a node and the one after its last; undefined where the text has none. */
export function rangeOf(node: unknown): readonly [number, number] | undefined {
  const found = (node as Node | null | undefined)?.range;
  return found ? [found[0], found[1]] : undefined;
}

/** As rangeOf, for nodes that the text is known to hold. */
export function range(node: unknown): readonly [number, number] {
  return rangeOf(node) ?? [0, 0];
}

/** The last item of a list that has some. */
export function last<Item>(items: readonly Item[]): Item {
  const item = items.at(-1);
  if (item === undefined) throw new RangeError("an empty list has no last item");
  return item;
}
