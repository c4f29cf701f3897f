import type { CsvRow } from "../csv.ts";
import { listFields, meaningOf, plainHeader, type ListField } from "./columns.ts";
import { UnreadableList } from "./unreadable-list.ts";

/** One column: its header ("" where the list has none), and what is taken from it. */
export interface ListColumn {
  header: string;
  /** From 1. */
  number: number;
  field: ListField | undefined;
}

/** Which column is taken for a field, whatever its header suggests: a header, a number from 1, or "" for none. */
export type ColumnMapping = ReadonlyMap<ListField, string>;

/**
 * The columns of a list and what each of them holds, and the rows below the headers.
 * @throws UnreadableList where nothing is recognised, or the mapping names a column that is not there
 */
export function findColumns(
  rows: readonly CsvRow[],
  mapping: ColumnMapping,
): { columns: ListColumn[]; body: readonly CsvRow[] } {
  const start = headerOf(rows)?.index;
  const body = rows.slice(start === undefined ? 0 : start + 1);
  const columns = start === undefined ? guessedColumns(rows) : headedColumns(rows[start], body);
  applyMapping(columns, mapping);
  refuseDoubt(columns, mapping);
  if (!columns.some(({ field }) => field !== undefined && field !== "groups")) {
    throw new UnreadableList(
      "No column is recognised.",
      "Say which is which, by header or number: --map username=1 --map name=2",
    );
  }
  return { columns, body };
}

/**
 * The row of headers and how many of them are known; undefined where none is. Titles may stand above it, where it has
 * several headers; what has an address in it is a person.
 */
export function headerOf(rows: readonly CsvRow[]): { index: number; known: number } | undefined {
  for (const [index, { cells }] of rows.slice(0, 10).entries()) {
    const fields = cells.map(({ text }) => meaningOf(text)?.field);
    const known = fields.filter((field) => field !== undefined && field !== "groups").length;
    if (known > (index === 0 ? 0 : 1) && !cells.some(({ text }) => text.includes("@")))
      return { index, known };
  }
  return undefined;
}

/**
 * Of several columns with one meaning the one with the best header counts that is not empty; groups that are
 * numbered (Moodle's cohort1, group1) may be in several.
 */
function headedColumns(row: CsvRow | undefined, body: readonly CsvRow[]): ListColumn[] {
  const meanings = (row?.cells ?? []).map(({ text }, index) => {
    const isEmpty = body.length > 0 && body.every(({ cells }) => (cells[index]?.text ?? "") === "");
    const meaning = isEmpty ? undefined : meaningOf(text);
    return { text, meaning, isNumbered: meaning?.field === "groups" && /\d$/.test(plainHeader(text)) };
  });
  const best = new Map<ListField, number>();
  for (const { meaning } of meanings) {
    if (meaning !== undefined)
      best.set(meaning.field, Math.min(best.get(meaning.field) ?? Infinity, meaning.rank));
  }
  const taken = new Set<ListField>();
  return meanings.map(({ text, meaning, isNumbered }, index) => {
    const isBest =
      meaning !== undefined && !taken.has(meaning.field) && meaning.rank === best.get(meaning.field);
    if (meaning !== undefined && isBest && !isNumbered) taken.add(meaning.field);
    return { header: text, number: index + 1, field: isBest || isNumbered ? meaning?.field : undefined };
  });
}

/** Without headers: addresses by their @, then names with a space in them, then user names. */
function guessedColumns(rows: readonly CsvRow[]): ListColumn[] {
  const width = Math.max(...rows.map(({ cells }) => cells.length));
  return Array.from({ length: width }, (_, index): ListColumn => {
    const texts = rows.map(({ cells }) => cells[index]?.text ?? "").filter((text) => text !== "");
    const most = (test: (text: string) => boolean) => texts.filter(test).length * 2 > texts.length;
    const field = most((text) => text.includes("@"))
      ? "email"
      : most((text) => text.includes(" "))
        ? "name"
        : "username";
    return { header: "", number: index + 1, field: texts.length === 0 ? undefined : field };
  });
}

function applyMapping(columns: ListColumn[], mapping: ColumnMapping): void {
  for (const field of mapping.keys()) {
    for (const column of columns) if (column.field === field) column.field = undefined;
  }
  for (const [field, wanted] of mapping) {
    if (wanted === "") continue;
    const column =
      columns.find(({ header }) => header !== "" && plainHeader(header) === plainHeader(wanted)) ??
      columns.find(({ number }) => String(number) === wanted);
    if (column === undefined) {
      const named = columns.map(({ header, number }) => (header === "" ? String(number) : header));
      throw new UnreadableList(`There is no column \`${wanted}\`.`, `Columns are: ${named.join(", ")}.`);
    }
    column.field = field;
  }
}

/** Two guesses of one kind are none: first and last names beside each other look like two user names. */
function refuseDoubt(columns: ListColumn[], mapping: ColumnMapping): void {
  for (const field of listFields) {
    const alike = columns.filter((column) => column.header === "" && column.field === field);
    if (alike.length < 2) continue;
    if (mapping.size > 0) {
      // Whoever says what some columns are says that the others are nothing.
      for (const column of alike) column.field = undefined;
    } else {
      throw new UnreadableList(
        "The list has several columns that look alike, and no headers.",
        "Say which is which: --map first=1 --map last=2",
      );
    }
  }
}
