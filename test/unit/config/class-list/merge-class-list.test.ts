import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeClassList, type MergeOptions } from "../../../../config/class-list/merge-class-list.ts";
import { readClassList } from "../../../../config/class-list/read-class-list.ts";
import type { RosterEntry } from "../../../../config/roster/roster.ts";
import { unusableName } from "../../../../config/roster/unusable-name.ts";

const entry = (username: string, more: Partial<RosterEntry> = {}): RosterEntry => ({
  username,
  name: "",
  email: "",
  id: "",
  groups: [],
  role: "student",
  banned: false,
  imported: [],
  ...more,
});
const merge = (text: string, options: Partial<MergeOptions> = {}) =>
  mergeClassList(readClassList(text), { present: [], ...options });
const names = (people: readonly { after: RosterEntry }[]) => people.map(({ after }) => after.username);

describe("somebody who is known", () => {
  test("by id or address keeps the user name, and gets what the list knows better", () => {
    const present = [entry("ada", { id: "7", name: "Ada" }), entry("al", { email: "Alan@x.example" })];
    const { changed, added } = merge(
      "login id,name,email,id\nalovelace,Ada Lovelace,ada@x.example,7\n,Alan Turing,alan@x.example,\n",
      { present },
    );
    expect(added).toEqual([]);
    expect(changed.map(({ after }) => after)).toEqual([
      entry("ada", { id: "7", name: "Ada Lovelace", email: "ada@x.example" }),
      entry("al", { email: "Alan@x.example", name: "Alan Turing" }),
    ]);
  });

  test("by the user name of the list is the same person; by a made-up one only if nothing speaks against it", () => {
    const present = [entry("ada", { email: "ada@other.example" }), entry("bob")];
    const { added, changed, same } = merge("email\nada@x.example\nbob@x.example\n", { present });
    expect(names(added)).toEqual(["ada2"]);
    expect(names(changed)).toEqual(["bob"]);
    expect(names(merge("username,email\nada,ada@x.example\n", { present }).changed)).toEqual(["ada"]);
    expect(same).toEqual([]);
  });

  test("stays admin or banned: a list says nothing about that", () => {
    const present = [entry("boss", { role: "admin" }), entry("mallory", { banned: true })];
    const { same, missing } = merge("username\nboss\n", { present });
    expect(names(same)).toEqual(["boss"]);
    expect(missing).toEqual([]);
    const both = merge("username,name\nboss,The Boss\nmallory,M\n", { present });
    expect(both.changed.map(({ after }) => [after.role, after.banned])).toEqual([
      ["admin", false],
      ["student", true],
    ]);
  });

  test("moves between the groups that the list has and stays in others", () => {
    const present = [entry("ada", { groups: ["choir", "lab-1"] }), entry("bob", { groups: ["lab-2"] })];
    const { changed, same } = merge("username,section\nada,Lab 2\nbob,Lab 2\ncarol,Lab 1\n", { present });
    expect(changed.map(({ after }) => after.groups)).toEqual([["choir", "lab-2"]]);
    expect(names(same)).toEqual(["bob"]);
  });
});

describe("a section that dissolved", () => {
  const list = (text: string, present: RosterEntry[], group?: string) => {
    const { added, changed, same, dissolved } = merge(text, {
      present,
      ...(group !== undefined && { group }),
    });
    const people = [...added, ...changed, ...same].map(({ after }) => after);
    return {
      dissolved,
      people,
      groups: Object.fromEntries(people.map((each) => [each.username, each.groups.toSorted()])),
    };
  };
  const first = () => list("username,section\nada,Lab 1\nbob,Lab 2\n", [entry("ada"), entry("bob")]).people;

  test("is left by whoever the earlier list had put into it, and told", () => {
    const { dissolved, groups, people } = list("username,section\nada,Lab 1\nbob,Lab 1\n", first());
    expect(dissolved).toEqual([{ group: "lab-2", people: ["bob"] }]);
    expect(groups).toEqual({ ada: ["lab-1"], bob: ["lab-1"] });
    expect(people.map(({ imported }) => imported)).toEqual([["lab-1"], ["lab-1"]]);
    expect(list("username,section\nada,Lab 1\nbob,Lab 1\n", people)).toMatchObject({ dissolved: [], groups });
  });

  test("is not one that a teacher gave, before the list or after it", () => {
    const choir = { groups: ["lab-1", "choir"] };
    const known = list("username,section\nada,Lab 1\n", [entry("ada", choir)]).people;
    expect(list("username,section\nada,Lab 3\n", known)).toMatchObject({
      dissolved: [],
      groups: { ada: ["choir", "lab-1", "lab-3"] },
    });
    const later = first().map((each) => ({ ...each, groups: [...each.groups, "choir"] }));
    expect(list("username,section\nada,Lab 3\nbob,Lab 3\n", later).groups).toEqual({
      ada: ["choir", "lab-3"],
      bob: ["choir", "lab-3"],
    });
  });

  test("of one --group is not another's, and a list without sections dissolves none", () => {
    const math = list("username,section\nada,Lab 1\n", [entry("ada")], "math").people;
    const both = list("username,section\nada,Studio\n", math, "art").people;
    expect(both[0]?.imported).toEqual(["math/lab-1", "art/studio"]);
    const again = list("username,section\nada,Lab 2\n", both, "math");
    expect(again).toMatchObject({
      dissolved: [{ group: "lab-1", people: ["ada"] }],
      groups: { ada: ["art", "lab-2", "math", "studio"] },
    });
    for (const text of ["username\nada\n", "username,section\nada,Studio\n"]) {
      expect(list(text, again.people).groups).toEqual(again.groups);
    }
    const names = list("username\nada\n", again.people, "math");
    expect(names.people[0]?.imported).toEqual(again.people[0]?.imported);
  });

  test("stays where another list has it too", () => {
    const math = list("username,section\nada,Lab 1\nada,Lab 2\n", [entry("ada")], "math").people;
    const both = list("username,section\nada,Lab 1\n", math, "art").people;
    const { groups, dissolved } = list("username,section\nada,Lab 3\n", both, "math");
    expect([groups["ada"], dissolved]).toEqual([
      ["art", "lab-1", "lab-3", "math"],
      [{ group: "lab-2", people: ["ada"] }],
    ]);
  });
});

test("a group that somebody has without the roster is not written into it", () => {
  const { same } = merge("username,section\nada,Choir\nada,Choir\n", {
    present: [entry("ada")],
    given: new Map([["ada", ["choir"]]]),
  });
  expect(names(same)).toEqual(["ada"]);
});

test("the same person in several lines is one, in all the groups; two of one name with ids are two", () => {
  const { added, repeated } = merge("name,id,section\nAda,1,A\nAda,1,B\nAda,2,A\n");
  expect(added.map(({ after }) => [after.username, after.id, after.groups])).toEqual([
    ["ada", "1", ["a", "b"]],
    ["ada2", "2", ["a"]],
  ]);
  expect(repeated).toEqual([3]);
});

test("whoever is not in the list is missing, with --group only among its members", () => {
  const present = [entry("ada"), entry("bob", { groups: ["band"] }), entry("teacher", { role: "admin" })];
  const missing = (options: Partial<MergeOptions>) =>
    merge("username\ncarol\n", { present, ...options }).missing.map(({ username }) => username);
  expect(missing({})).toEqual(["ada", "bob"]);
  expect(missing({ group: "band" })).toEqual(["bob"]);
  expect(merge("username\ncarol\n", { group: "band" }).added[0]?.after.groups).toEqual(["band"]);
});

describe("a removed person", () => {
  const former = [entry("ada", { email: "ada@x.example" }), entry("bob"), entry("eve", { id: "1" })];

  test("comes back where id or address says so", () => {
    const { returning, added, unclear } = merge("email\nada@x.example\n", { former });
    expect([names(returning), names(added), unclear]).toEqual([["ada"], [], []]);
  });

  test("is asked about where only the name is the same, and is another where something differs", () => {
    const { added, unclear } = merge("username,id\nbob,\nevelyn,2\n", { former });
    expect(unclear).toEqual([{ line: 2, username: "bob", why: "former" }]);
    expect(names(added)).toEqual(["evelyn"]);
    // Somebody else's name is not given to a new person together with the home.
    expect(names(merge("email,id\neve@x.example,2\n", { former }).added)).toEqual(["eve2"]);
  });
});

test("a line that names nobody in letters is told", () => {
  expect(merge("name,email\n!!!,\nAda,\n").unclear).toEqual([{ line: 2, username: "", why: "no-name" }]);
});

test("people who log in with their address are called so", () => {
  expect(names(merge("email\nAda@x.example\n", { wholeAddress: true }).added)).toEqual(["ada@x.example"]);
});

test("whatever a list holds, names are usable, nobody is there twice, and a second time nothing changes", () => {
  const cell = fc.oneof(
    fc.constantFrom(
      "",
      "ada",
      "Ada Lovelace",
      "ada@x.example",
      "7",
      "Groß, Jörg",
      "a/b",
      "..",
      "Lab 1",
      "root",
    ),
    fc.string({ unit: "grapheme", maxLength: 12 }),
  );
  const row = fc.tuple(cell, cell, cell, cell, cell);
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
      const quoted = rows.map((cells) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(","));
      const text = `username,name,email,id,section\nzed,,,,\n${quoted.join("\n")}\n`;
      const first = merge(text);
      const people = first.added.map(({ after }) => after);
      expect(people.map(({ username }) => unusableName(username)).filter(Boolean)).toEqual([]);
      expect(new Set(people.map(({ username }) => username)).size).toBe(people.length);
      const again = merge(text, { present: people });
      expect([again.added, again.missing]).toEqual([[], []]);
    }),
  );
});
