import type { Span } from "./document.ts";

/** One cell: its text without quotes, and where it stands, quotes included. */
export interface Cell {
  text: string;
  span: Span;
}

/** A line with at least one character in it. */
export interface CsvRow {
  cells: Cell[];
  /** From the first character of the row to its line break, exclusive. */
  span: Span;
}

export interface Csv {
  /** What separates cells: a comma, or the semicolon or tab that spreadsheets of some countries write. */
  separator: string;
  rows: CsvRow[];
  /** Offset of a quotation mark that is never closed. */
  unclosed?: number;
}

/**
 * Reads comma-separated values (RFC 4180) with positions. Line breaks may be of any kind, rows of any length;
 * empty lines are left out. Never throws.
 * @param separator what separates cells; where nothing is said it is the mark that is most frequent in the first line
 */
export function parseCsv(text: string, separator = separatorOf(text)): Csv {
  const rows: CsvRow[] = [];
  let unclosed: number | undefined;
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const start = at;
    const cells: Cell[] = [];
    while (true) {
      const cell = readCell(text, at, separator);
      if ("unclosed" in cell) unclosed ??= cell.span.start;
      cells.push(cell);
      at = cell.span.end;
      if (text[at] !== separator) break;
      at += 1;
    }
    const row = { cells, span: { start, end: at } };
    if (text[at] === "\r") at += 1;
    if (text[at] === "\n") at += 1;
    if (row.span.end > start) rows.push(row);
  }
  return { separator, rows, ...(unclosed !== undefined && { unclosed }) };
}

/** A row as text, without its line break; cells are quoted where they have to be. */
export function formatRow(cells: readonly string[], separator = ","): string {
  return cells
    .map((text) =>
      /["\r\n]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text,
    )
    .join(separator);
}

/** Outside of quotes. */
function separatorOf(text: string): string {
  const header = (/^[^\r\n]*/.exec(text)?.[0] ?? "").replaceAll(/"[^"]*"/g, "");
  const counted = [",", ";", "\t"].map((mark) => ({ mark, count: header.split(mark).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).mark;
}

function readCell(text: string, start: number, separator: string): Cell & { unclosed?: true } {
  if (text[start] !== '"') {
    const end = endOfCell(text, start, separator);
    return { text: text.slice(start, end).trim(), span: { start, end } };
  }
  let content = "";
  let from = start + 1;
  while (true) {
    const quote = text.indexOf('"', from);
    if (quote === -1) {
      const end = text.length;
      return { text: (content + text.slice(from)).trim(), span: { start, end }, unclosed: true };
    }
    content += text.slice(from, quote);
    from = quote + 1;
    if (text[from] !== '"') break;
    content += '"';
    from += 1;
  }
  const end = endOfCell(text, from, separator);
  return { text: (content + text.slice(from, end)).trim(), span: { start, end } };
}

/** By numbers: in a list of thousands, one character text each is what takes the time. */
function endOfCell(text: string, start: number, separator: string): number {
  const mark = separator.charCodeAt(0);
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === mark || code === 10 || code === 13) break;
  }
  return at;
}
