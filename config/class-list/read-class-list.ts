import { parseCsv, type Csv, type CsvRow } from "../csv.ts";
import type { ListField } from "./columns.ts";
import { findColumns, headerOf, type ColumnMapping, type ListColumn } from "./find-columns.ts";
import { splitGroups } from "./group-names.ts";
import { UnreadableList } from "./unreadable-list.ts";

/** A person as the list has them; "" and [] where it says nothing. */
export interface ListedPerson {
  username: string;
  name: string;
  email: string;
  id: string;
  /** Names of sections or groups as they are written. */
  sections: string[];
  /** From 1. */
  line: number;
}

export interface ClassList {
  columns: ListColumn[];
  people: ListedPerson[];
  /** Lines that name nobody (maximum points, dates, a test student), from 1. */
  skipped: number[];
}

/**
 * Reads a class list: an export of Canvas, Moodle or Google Classroom, or a plain list of names or addresses, with or
 * without headers.
 * @throws UnreadableList
 */
export function readClassList(text: string, mapping: ColumnMapping = new Map()): ClassList {
  const { rows, unclosed } = parseList(text);
  const lineOf = lineCounter(text);
  if (unclosed !== undefined) {
    throw new UnreadableList(
      `A quotation mark in line ${lineOf(unclosed)} is never closed.`,
      "Correct it, or export the list again.",
    );
  }
  if (rows.length === 0) throw new UnreadableList("The list is empty.", "Export it again.");
  const { columns, body } = findColumns(rows, mapping);
  const cellsOf = (field: ListField, row: CsvRow) =>
    columns.filter((column) => column.field === field).map(({ number }) => row.cells[number - 1]?.text ?? "");
  const known = new Set(body.flatMap((row) => cellsOf("groups", row)));
  const isRoster = ["role", "status"].every((name) => columns.some(({ header }) => header === name));
  const split = (cell: string) =>
    isRoster ? cell.split(/[\s,;|]+/).filter(Boolean) : splitGroups(cell, known);
  const list: ClassList = { columns, people: [], skipped: [] };
  for (const row of body) {
    if (row.cells.every((cell) => cell.text === "")) continue;
    const line = lineOf(row.span.start);
    const person = personIn((field) => cellsOf(field, row).find((cell) => cell !== "") ?? "");
    if (isNobody(person)) {
      list.skipped.push(line);
    } else {
      list.people.push({ ...person, sections: cellsOf("groups", row).flatMap(split), line });
    }
  }
  if (list.people.length === 0) throw new UnreadableList("The list names nobody.", "Export it again.");
  return list;
}

/** By the separator that makes the best headers: a title above them may have other marks in it. */
function parseList(text: string): Csv {
  const first = parseCsv(text);
  const others = [",", ";", "\t"].map((separator) => parseCsv(text, separator));
  const known = ({ rows }: Csv) => headerOf(rows)?.known ?? 0;
  return others.reduce((best, next) => (known(next) > known(best) ? next : best), first);
}

function personIn(text: (field: ListField) => string): Omit<ListedPerson, "line" | "sections"> {
  const [first, last] = [text("first"), text("last")];
  const both = [first, last].filter(Boolean).join(" ");
  // As mail programs write it: Ada Lovelace <ada@example.org>
  const [, before = "", address = text("email")] =
    /^"?([^"<]*)"?\s*<([^<>\s]+@[^<>\s]+)>$/.exec(text("email")) ?? [];
  const name = both === "" ? turned(text("name") || before.trim()) : both;
  return {
    username: text("username"),
    name: harmless(name),
    email: address.toLowerCase(),
    id: text("id"),
  };
}

/** Canvas writes "Lovelace, Ada". */
function turned(name: string): string {
  const parts = name.split(/\s*,\s*/);
  return parts.length === 2 ? `${parts[1]} ${parts[0]}`.trim() : name;
}

/** A name that a spreadsheet would take for a formula, which a student may have chosen for that. */
function harmless(name: string): string {
  return name.replace(/^[=+\-@\s]+/, "").replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ");
}

/** Rows beside people: Canvas has maximum points and a test student, Google Classroom dates, points and averages. */
function isNobody({ username, name, email, id }: Omit<ListedPerson, "line" | "sections">): boolean {
  // The test student has a made-up login, and an id.
  if (/^(?:test student|student test)$/i.test(name)) return /^(?:[0-9a-f]{32,})?$/.test(username);
  if (username !== "" || email !== "" || id !== "") return false;
  return /^(?:points possible|manual posting|date|points|(?:class|overall) average|)$/i.test(name.trim());
}

function lineCounter(text: string): (offset: number) => number {
  let [at, line] = [0, 1];
  return (offset) => {
    for (; at < offset; at += 1) if (text[at] === "\n") line += 1;
    return line;
  };
}
