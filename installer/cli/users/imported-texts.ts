import type { MergedList, MergedPerson } from "../../../config/class-list/merge-class-list.ts";
import type { ClassList } from "../../../config/class-list/read-class-list.ts";
import { cellsOf, editRoster, type RosterCells } from "../../../config/roster/edit-roster.ts";
import type { ReadConfig } from "../read-config.ts";
import type { PeopleTexts } from "./change-people.ts";
import { withoutPeople } from "./remove.ts";

/** A class list beside what is known. */
export interface Import {
  list: ClassList;
  merged: MergedList;
  /** Whoever left the list is removed. */
  removeMissing: boolean;
}

export function isNothing({ merged, removeMissing }: Import): boolean {
  const { added, returning, changed, missing } = merged;
  return added.length + returning.length + changed.length + (removeMissing ? missing.length : 0) === 0;
}

/** Both files with what a class list says. Only cells that differ are written: roles and bans are not the list's. */
export function importedTexts(read: ReadConfig, { merged, removeMissing }: Import): PeopleTexts {
  const rows = new Set(read.roster.entries.map(({ username }) => username));
  const there = merged.changed.filter(({ after }) => rows.has(after.username));
  const others = merged.changed.filter(({ after }) => !rows.has(after.username));
  const missing = removeMissing ? merged.missing.map(({ username }) => username) : [];
  const { config, roster } = withoutPeople(read, new Set(missing));
  return {
    config,
    roster: editRoster(roster, {
      add: [...merged.added, ...merged.returning, ...others].map(newCells),
      set: new Map(there.map((person) => [person.after.username, changedCells(person)])),
    }),
  };
}

function newCells({ after }: MergedPerson): RosterCells {
  const { username, name, email, id, groups, imported } = cellsOf(after);
  const known = Object.entries({ username, name, email, id, groups, imported }).filter(
    ([, text]) => text !== undefined && text !== "",
  );
  return Object.fromEntries(known);
}

function changedCells({ before, after }: MergedPerson): RosterCells {
  const [was, is] = [before === undefined ? {} : cellsOf(before), cellsOf(after)];
  const changed = (["name", "email", "id", "groups", "imported"] as const).filter(
    (key) => (was[key] ?? "") !== (is[key] ?? ""),
  );
  return Object.fromEntries(changed.map((key) => [key, is[key] ?? ""]));
}
