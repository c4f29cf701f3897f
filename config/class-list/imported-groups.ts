import type { RosterEntry } from "../roster/roster.ts";
import type { MergedPerson } from "./merge-class-list.ts";
import type { ClassList } from "./read-class-list.ts";

/**
 * Which groups of people came from class lists, so that a section that dissolved can be told from a group that a
 * teacher gave. Lists of one `--group` replace each other, and so do lists without one; others are left alone.
 */
export class ImportedGroups {
  readonly #universe: ReadonlySet<string>;
  readonly #saysGroups: boolean;
  readonly #start: string;
  readonly #whole: string | undefined;

  /**
   * @param universe every group that the list has
   * @param group of everybody of the list (`--group`)
   */
  constructor(list: ClassList, universe: ReadonlySet<string>, group: string | undefined) {
    this.#universe = universe;
    // A list of names alone says nothing about groups.
    this.#saysGroups = list.columns.some(({ field }) => field === "groups");
    this.#start = group === undefined ? "" : `${group}/`;
    this.#whole = group;
  }

  /** Whether a group that somebody has came from an earlier list alone, and this one no longer has it. */
  isDissolved({ imported }: RosterEntry, group: string): boolean {
    if (!this.#saysGroups || this.#universe.has(group) || group === this.#whole) return false;
    const origins = imported.filter((written) => groupIn(written) === group);
    return origins.length > 0 && origins.every((written) => written === this.#start + group);
  }

  /**
   * What is to be on record of a person of the list. A group that a teacher gave before any list did stays the teacher's.
   * @param groups all that the person has from now on
   * @param listed those that the list says
   */
  after(before: RosterEntry | undefined, groups: readonly string[], listed: readonly string[]): string[] {
    const recorded = new Set(before?.imported);
    const kept = [...recorded].filter(
      (written) =>
        groups.includes(groupIn(written)) &&
        (written !== this.#start + groupIn(written) ||
          !this.#saysGroups ||
          listed.includes(groupIn(written))),
    );
    const isRecorded = (name: string) => [...recorded].some((written) => groupIn(written) === name);
    const fresh = listed.filter(
      (name) => name !== this.#whole && (!before?.groups.includes(name) || isRecorded(name)),
    );
    return [...new Set([...kept, ...fresh.map((name) => this.#start + name)])];
  }

  /** Who leaves which group because the list no longer has it. */
  dissolved(people: readonly MergedPerson[]): { group: string; people: string[] }[] {
    const left = people.flatMap(({ before }) =>
      before === undefined
        ? []
        : before.groups
            .filter((group) => this.isDissolved(before, group))
            .map((group) => ({ group, username: before.username })),
    );
    return [...Map.groupBy(left, ({ group }) => group)].map(([group, all]) => ({
      group,
      people: all.map(({ username }) => username),
    }));
  }
}

/** "lab-1" of "band/lab-1". */
function groupIn(written: string): string {
  return written.slice(written.indexOf("/") + 1);
}
