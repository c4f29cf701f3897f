import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cellsOf, editRoster } from "../../../../config/roster/edit-roster.ts";
import { compareRosters } from "../../../../config/roster/compare-rosters.ts";
import { loadRoster } from "../../../../config/roster/load-roster.ts";

test("a first person makes the file with every column", () => {
  expect(editRoster(undefined, { add: [{ username: "alice", groups: "choir" }] })).toBe(
    "username,name,email,id,groups,role,status\nalice,,,,choir,,\n",
  );
});

test("rows that are not named stay as they are written", () => {
  const text = 'x-seat;Username\r\n"1" ; Bob\r\n2;carol\r\n3;dora';
  const edited = editRoster(text, {
    add: [{ username: "eve" }],
    set: new Map([["carol", { status: "banned" }]]),
    remove: new Set(["dora"]),
  });
  expect(edited).toBe('x-seat;Username;status\r\n"1" ; Bob\r\n2;carol;banned\r\n;eve;\r\n');
});

test("values with separators and quotes are quoted", () => {
  const text = editRoster(undefined, { add: [{ username: "bob", name: 'Smith, "Bob"' }] });
  expect(loadRoster(text).entries?.[0]?.name).toBe('Smith, "Bob"');
});

test("nothing to change leaves the text as it is", () => {
  const text = "username\n\n bob \n";
  expect(editRoster(text, {})).toBe(text);
  expect(editRoster(text, { remove: new Set(["carol"]) })).toBe(text);
});

test("whatever is added, changed and removed is what is read afterwards", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9.]{0,5}$/);
  const entry = fc.record({
    username: name,
    name: fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/[\0\uFFFD]/g, "").trim()),
    email: fc.constantFrom("", "a@b.c"),
    id: fc.constantFrom("", "7"),
    groups: fc.uniqueArray(fc.constantFrom("choir", "band"), { maxLength: 2 }),
    role: fc.constantFrom("student" as const, "admin" as const),
    banned: fc.constant(false),
    imported: fc.constantFrom<string[]>([], ["lab-1", "band/lab-2"]),
  });
  const people = fc.uniqueArray(entry, { selector: ({ username }) => username, maxLength: 6 });
  fc.assert(
    fc.property(people, people, (before, after) => {
      const first = editRoster(undefined, { add: before.map(cellsOf) });
      expect(loadRoster(first).entries).toEqual(before);
      const had = new Set(before.map(({ username }) => username));
      const has = new Set(after.map(({ username }) => username));
      const second = editRoster(first, {
        add: after.filter(({ username }) => !had.has(username)).map(cellsOf),
        set: new Map(
          after.filter(({ username }) => had.has(username)).map((one) => [one.username, cellsOf(one)]),
        ),
        remove: new Set([...had].filter((username) => !has.has(username))),
      });
      const byName = (one: { username: string }, other: { username: string }) =>
        one.username < other.username ? -1 : 1;
      expect(loadRoster(second).entries?.toSorted(byName)).toEqual(after.toSorted(byName));
    }),
  );
});

test("the history says who came, who left and whose row differs", () => {
  const was = "username,name\nada,A\nbob,B\n";
  expect(compareRosters(was, "username,name\nbob,Bob\ncarol,C\n")).toEqual(["people +carol -ada ~bob"]);
  expect(compareRosters(was, `${was}\n`)).toEqual(["layout of the roster"]);
  expect(compareRosters(was, was)).toEqual([]);
  const many = Array.from({ length: 30 }, (_, number) => `s${number}`).join("\n");
  expect(compareRosters(undefined, `username\n${many}\n`)).toEqual(["people +30"]);
});
