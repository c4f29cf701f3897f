import type { RosterEntry } from "../roster/roster.ts";
import { AddressBook } from "./address-book.ts";
import { groupNameOf } from "./group-names.ts";
import { ImportedGroups } from "./imported-groups.ts";
import type { ClassList, ListedPerson } from "./read-class-list.ts";

export interface MergeOptions {
  /** Everybody on the roster and in the config; groups are those of the roster. */
  present: readonly RosterEntry[];
  /** Groups by user name that people have without the roster. */
  given?: ReadonlyMap<string, readonly string[]>;
  /** Removed people whose homes are kept. */
  former?: readonly RosterEntry[];
  /** People log in with their whole e-mail address. */
  wholeAddress?: boolean;
  /** Everybody of the list is put into this group, and only its members can be missing. */
  group?: string;
}

/** One person of the list beside what is known of them. */
export interface MergedPerson {
  before: RosterEntry | undefined;
  after: RosterEntry;
}

/** A line of the list that cannot be taken as it is. */
export interface UnclearPerson {
  line: number;
  username: string;
  /** "no-name": nothing to make a user name of. "former": a removed person has the name, and it may be another one. */
  why: "no-name" | "former";
}

export interface MergedList {
  added: MergedPerson[];
  /** Removed people whom the list has again: the same id or address. */
  returning: MergedPerson[];
  changed: MergedPerson[];
  same: MergedPerson[];
  /** Students who are not in the list and not banned. */
  missing: RosterEntry[];
  /** Groups that an earlier list gave and this one no longer has, with the user names of who leaves them. */
  dissolved: { group: string; people: string[] }[];
  unclear: UnclearPerson[];
  /** Lines that name somebody of an earlier line again, from 1. */
  repeated: number[];
}

/**
 * What a class list would change. Whoever is known by id, address or user name keeps the user name; a list says nothing
 * about roles and bans. Of the groups that the list has a person is in those that it says. Groups that only an earlier
 * list gave (of the same `group`) and that this one no longer has are left; others stay as before.
 */
export function mergeClassList(
  list: ClassList,
  { present, given = new Map(), former = [], wholeAddress = false, group }: MergeOptions,
): MergedList {
  const book = new AddressBook(present, former, wholeAddress);
  const universe = new Set(list.people.flatMap(({ sections }) => groupsOf(sections)));
  const record = new ImportedGroups(list, universe, group);
  const merged = new Map<string, MergedPerson>();
  const listed = new Map<string, string[]>();
  const unclear: UnclearPerson[] = [];
  const repeated: number[] = [];
  const gone = new Set(former);
  for (const person of list.people) {
    const { entry: known, isSure } = book.find(person);
    const username = known?.username ?? book.freeNameFor(person);
    const groups = [...groupsOf(person.sections), ...(group === undefined ? [] : [group])].filter(
      (name) => !given.get(username)?.includes(name),
    );
    const earlier = merged.get(username);
    if (earlier !== undefined) {
      repeated.push(person.line);
      earlier.after = { ...earlier.after, groups: [...new Set([...earlier.after.groups, ...groups])] };
      listed.set(username, [...(listed.get(username) ?? []), ...groups]);
      continue;
    }
    if (username === "" || (known !== undefined && gone.has(known) && !isSure)) {
      unclear.push({ line: person.line, username, why: username === "" ? "no-name" : "former" });
      continue;
    }
    const after = mergedEntry(person, known, username);
    const others = after.groups.filter((name) => !universe.has(name) && !record.isDissolved(after, name));
    after.groups = [...new Set([...others, ...groups])];
    listed.set(username, groups);
    merged.set(username, { before: known, after });
    book.add(after);
  }
  const people = [...merged.values()];
  for (const { before, after } of people) {
    after.imported = record.after(before, after.groups, listed.get(after.username) ?? []);
  }
  return {
    ...sorted(people, gone),
    missing: missing(merged, present, group),
    dissolved: record.dissolved(people),
    unclear,
    repeated,
  };
}

function mergedEntry(person: ListedPerson, known: RosterEntry | undefined, username: string): RosterEntry {
  return {
    username,
    name: person.name || (known?.name ?? ""),
    // Capitals in an address are nobody's difference.
    email: known?.email.toLowerCase() === person.email ? known.email : person.email || (known?.email ?? ""),
    id: person.id || (known?.id ?? ""),
    groups: known?.groups ?? [],
    role: known?.role ?? "student",
    banned: known?.banned ?? false,
    imported: known?.imported ?? [],
  };
}

function sorted(
  people: readonly MergedPerson[],
  gone: ReadonlySet<RosterEntry>,
): Pick<MergedList, "added" | "returning" | "changed" | "same"> {
  const isFormer = ({ before }: MergedPerson) => before !== undefined && gone.has(before);
  const there = people.filter((person) => person.before !== undefined && !isFormer(person));
  return {
    added: people.filter(({ before }) => before === undefined),
    returning: people.filter(isFormer),
    changed: there.filter((person) => !isSame(person)),
    same: there.filter(isSame),
  };
}

function missing(
  merged: ReadonlyMap<string, unknown>,
  present: readonly RosterEntry[],
  group: string | undefined,
): RosterEntry[] {
  return present.filter(
    ({ username, role, banned, groups }) =>
      role === "student" &&
      !banned &&
      !merged.has(username) &&
      (group === undefined || groups.includes(group)),
  );
}

function isSame({ before, after }: MergedPerson): boolean {
  const text = (entry: RosterEntry | undefined) =>
    JSON.stringify(
      entry && { ...entry, groups: entry.groups.toSorted(), imported: entry.imported.toSorted() },
    );
  return text(before) === text(after);
}

function groupsOf(sections: readonly string[]): string[] {
  return sections.map(groupNameOf);
}
