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
 * that could mean anything but text are never folded, and the caller checks that each placeholder comes back
 * as a list item (a run within a block of text does not).
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
