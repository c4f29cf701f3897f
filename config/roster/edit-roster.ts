import { formatRow, parseCsv, type CsvRow } from "../csv.ts";
import { firstColumns, hubName, rosterColumns, type RosterColumn, type RosterEntry } from "./roster.ts";

/** Cells of one person as they are written. */
export type RosterCells = Partial<Record<RosterColumn, string>>;

export interface RosterChanges {
  /** New people, at the end, in this order. */
  add?: readonly RosterCells[];
  /** Cells of people who are there, by user name. */
  set?: ReadonlyMap<string, RosterCells>;
  /** User names. */
  remove?: ReadonlySet<string>;
}

/**
 * Changes a valid roster, text to text: rows that are not named stay as they are written, with their order, extra
 * columns, separator and line breaks. A missing or empty file gets the first columns.
 */
export function editRoster(text: string | undefined, changes: RosterChanges): string {
  const { add = [], set = new Map<string, RosterCells>(), remove = new Set<string>() } = changes;
  const start = text === undefined || text.trim() === "" ? `${firstColumns.join(",")}\n` : text;
  const { rows, separator } = parseCsv(start);
  const [header, ...people] = rows;
  if (header === undefined) return start;
  const needed = [...add, ...set.values()].flatMap(columnsNeeded);
  const columns = header.cells.map(({ text: name }) => name.toLowerCase());
  const missing = rosterColumns.filter((column) => needed.includes(column) && !columns.includes(column));
  const all = [...columns, ...missing];
  const lineBreak = start.includes("\r\n") ? "\r\n" : "\n";
  const edits: Edit[] = [];
  if (missing.length > 0) {
    edits.push({ start: header.span.end, end: header.span.end, text: separator + missing.join(separator) });
  }
  const nameColumn = columns.indexOf("username");
  for (const row of people) {
    const username = hubName(row.cells[nameColumn]?.text ?? "");
    const cells = set.get(username);
    if (remove.has(username)) edits.push({ ...wholeLine(row, start), text: "" });
    else if (cells !== undefined) edits.push({ ...row.span, text: changedRow(row, all, cells, separator) });
  }
  const edited = edits.reduceRight(
    (so, edit) => so.slice(0, edit.start) + edit.text + so.slice(edit.end),
    start,
  );
  const added = add.map((cells) => formatRow(cellsIn(all, cells), separator) + lineBreak).join("");
  return edited + (added !== "" && !edited.endsWith("\n") ? lineBreak : "") + added;
}

/** An entry as cells; what is a default stays empty. */
export function cellsOf(entry: RosterEntry): RosterCells {
  const { username, name, email, id, groups, role, banned, imported } = entry;
  return {
    username,
    name,
    email,
    id,
    groups: groups.join(" "),
    role: role === "admin" ? "admin" : "",
    status: banned ? "banned" : "",
    imported: imported.join(" "),
  };
}

/** No file gets the column of what was imported for nothing. */
function columnsNeeded(cells: RosterCells): RosterColumn[] {
  const { imported, ...others } = cells;
  const columns = Object.keys(others) as RosterColumn[];
  return imported === undefined || imported === "" ? columns : [...columns, "imported"];
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

/** A row with its line break. */
function wholeLine({ span }: CsvRow, text: string): { start: number; end: number } {
  const rest = /^\r?\n?/.exec(text.slice(span.end, span.end + 2))?.[0] ?? "";
  return { start: span.start, end: span.end + rest.length };
}

function changedRow(row: CsvRow, columns: readonly string[], cells: RosterCells, separator: string): string {
  const own = Array.from({ length: Math.max(columns.length, row.cells.length) }, (_, index) => {
    const column = columns[index];
    return cells[column as RosterColumn] ?? row.cells[index]?.text ?? "";
  });
  return formatRow(own, separator);
}

function cellsIn(columns: readonly string[], cells: RosterCells): string[] {
  return columns.map((column) => cells[column as RosterColumn] ?? "");
}
