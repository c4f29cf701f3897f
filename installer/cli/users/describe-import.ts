import { fieldWords } from "../../../config/class-list/columns.ts";
import { groupNameOf } from "../../../config/class-list/group-names.ts";
import type { MergedPerson } from "../../../config/class-list/merge-class-list.ts";
import type { ClassList } from "../../../config/class-list/read-class-list.ts";
import type { RosterEntry } from "../../../config/roster/roster.ts";
import { alignColumns } from "../align-columns.ts";
import type { Import } from "./imported-texts.ts";

/** More people than these of a kind are counted. */
const mostPeople = 60;

/** What was recognised in a class list, and what would change. @param file as the person calls it */
export function describeImport(file: string, { list, merged, removeMissing }: Import): string {
  const { added, returning, changed, same, missing, dissolved, repeated } = merged;
  const stay = removeMissing ? "" : "; they stay, unless you add --remove-missing";
  return [
    `${file}: ${counted(list.people.length, "line names", "lines name")} somebody.`,
    ...columnLines(list),
    ...sectionLines(list),
    ...lineNumbers(list.skipped, "No people (points, dates, a test student)"),
    ...lineNumbers(repeated, "The same people once more"),
    ...block(`New: ${added.length}`, added.map(newRow)),
    ...block(`Back again, with the homes that were kept: ${returning.length}`, returning.map(newRow)),
    ...block(`Changed: ${changed.length}`, changed.map(changedRow)),
    ...block(
      `Groups of an earlier list that this one no longer has: ${dissolved.length}`,
      dissolved.map(({ group, people }) => [`  - ${group}`, `without ${limited(people, 12)}`]),
    ),
    ...block(
      `Not in the list: ${missing.length}${stay}`,
      missing.map((entry) => goneRow(entry, removeMissing)),
    ),
    ...(same.length === 0 ? [] : ["", `As they were: ${same.length}`]),
  ].join("\n");
}

function columnLines({ columns }: ClassList): string[] {
  const nameOf = ({ header, number }: { header: string; number: number }) =>
    header === "" ? `column ${number}` : header;
  const read = columns.flatMap((column) =>
    column.field === undefined ? [] : [[`  ${nameOf(column)}`, `is the ${fieldWords[column.field]}`]],
  );
  const others = columns.filter(({ field, header }) => field === undefined && header !== "").map(nameOf);
  return [
    ...alignColumns(read).split("\n"),
    ...(others.length === 0 ? [] : [`  not read: ${limited(others, 12)}`]),
  ];
}

/** Sections whose group is called otherwise. */
function sectionLines({ people }: ClassList): string[] {
  const sections = [...new Set(people.flatMap((person) => person.sections))].toSorted();
  const renamed = sections.filter((section) => groupNameOf(section) !== section);
  if (renamed.length === 0) return [];
  const rows = renamed.map((section) => [`  ${section}`, `is the group ${groupNameOf(section)}`]);
  return alignColumns(rows).split("\n");
}

function lineNumbers(lines: readonly number[], what: string): string[] {
  return lines.length === 0 ? [] : [`  ${what}: line ${limited(lines.map(String), 12)}`];
}

function block(title: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const more = rows.length - mostPeople;
  const lines = alignColumns(rows.slice(0, mostPeople)).split("\n");
  return ["", title, ...lines, ...(more > 0 ? [`  and ${more} more: --json lists all`] : [])];
}

function newRow({ after: { username, name, email, groups } }: MergedPerson): string[] {
  return [`  + ${username}`, name, email, groups.join(" ")];
}

function changedRow({ before, after }: MergedPerson): string[] {
  const differences = (["name", "email", "id", "groups"] as const).flatMap((key) => {
    const [was, is] = [String(before?.[key] ?? ""), String(after[key])];
    return was === is ? [] : [`${key} ${was || "(none)"} -> ${is || "(none)"}`];
  });
  // What another list gave too.
  const words = differences.length === 0 ? [`groups ${String(after.groups)} by this list too`] : differences;
  return [`  ~ ${after.username}`, words.join("; ")];
}

function goneRow({ username, name }: RosterEntry, isRemoved: boolean): string[] {
  return [`  ${isRemoved ? "-" : "?"} ${username}`, name];
}

function limited(words: readonly string[], most: number): string {
  const more = words.length - most;
  return `${words.slice(0, most).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
