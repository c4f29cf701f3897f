import { isScalar, Scalar, visit } from "yaml";
import type { Document } from "yaml";

/** A run of list items that was taken out of the text before parsing. */
export interface LongList {
  items: { text: string; start: number }[];
}

/** Runs shorter than this are left to the parser. */
const shortestRun = 40;
const item = /^( *- )([A-Za-z][A-Za-z0-9._@-]*)\r?$/;

/**
 * Puts one placeholder item in the place of each long run of plain list items, followed by a comment of the
 * run's length, so that every offset stays: a class list of thousands then costs the parser one item. Words
 * that could mean anything but text are never folded.
 */
export function foldLongLists(text: string): { text: string; lists: Map<string, LongList> } {
  const lists = new Map<string, LongList>();
  if (text.length < shortestRun * 4) return { text, lists };
  let folded = "";
  let copied = 0;
  let offset = 0;
  let run: LongList["items"] = [];
  let runStart = 0;
  let runIndent = "";
  const close = (end: number): void => {
    const name = `run${lists.size}`;
    const head = `${runIndent}${name} #`;
    if (run.length >= shortestRun && !text.includes(name)) {
      folded += text.slice(copied, runStart) + head + "-".repeat(end - runStart - head.length);
      copied = end;
      lists.set(name, { items: run });
    }
    run = [];
  };
  while (offset < text.length) {
    const newline = text.indexOf("\n", offset);
    const lineEnd = newline === -1 ? text.length : newline;
    const found = item.exec(text.slice(offset, lineEnd));
    const indent = found?.[1] ?? "";
    const word = found?.[2] ?? "";
    const fits = found !== null && !ambiguous.test(word);
    if (run.length > 0 && (!fits || indent !== runIndent)) close(offset - 1);
    if (fits) {
      if (run.length === 0) [runStart, runIndent] = [offset, indent];
      run.push({ text: word, start: offset + indent.length });
    }
    offset = lineEnd + 1;
  }
  if (run.length > 0) close(text.endsWith("\n") ? text.length - 1 : text.length);
  return { text: folded + text.slice(copied), lists };
}

const ambiguous = /^(?:null|true|false)$/i;

/**
 * Puts the items of folded lists back into what the parser made of the text, in place. False where a placeholder does
 * not come back as a list item (a run within a block of text does not), so that the text must be read unfolded.
 */
export function unfoldLongLists(document: Document.Parsed, lists: ReadonlyMap<string, LongList>): boolean {
  if (lists.size === 0) return true;
  let unfolded = 0;
  visit(document, {
    Seq(_, seq) {
      seq.items = seq.items.flatMap((node) => {
        const list = isScalar(node) && node.type === "PLAIN" ? lists.get(String(node.value)) : undefined;
        if (list === undefined) return [node];
        unfolded += 1;
        return list.items.map(scalarOf);
      });
      return seq.items.every(isScalar) ? visit.SKIP : undefined;
    },
  });
  return unfolded === lists.size;
}

function scalarOf({ text, start }: LongList["items"][number]): Scalar {
  const scalar = new Scalar(text);
  scalar.type = "PLAIN";
  const end = start + text.length;
  scalar.range = [start, end, end];
  return scalar;
}
