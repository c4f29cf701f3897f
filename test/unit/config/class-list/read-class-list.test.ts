import { expect, test } from "vitest";
import { readClassList } from "../../../../config/class-list/read-class-list.ts";
import type { ListField } from "../../../../config/class-list/columns.ts";
import { UnreadableList } from "../../../../config/class-list/unreadable-list.ts";

const fields = (text: string, mapping: [ListField, string][]) =>
  readClassList(text, new Map(mapping)).columns.map(({ field }) => field);

test("a mapping goes before what headers suggest, by header or number, and takes fields away", () => {
  const text = "E-Mail 1,E-Mail 2,Name,Section\na@x.example,b@x.example,Ada,9b\n";
  expect(fields(text, [["email", "e-mail 2"]])).toEqual([undefined, "email", "name", "groups"]);
  expect(
    fields(text, [
      ["email", "1"],
      ["groups", ""],
    ]),
  ).toEqual(["email", undefined, "name", undefined]);
  expect(
    fields(text, [
      ["username", "Name"],
      ["name", ""],
    ]),
  ).toEqual([undefined, undefined, "username", "groups"]);
});

test("columns without headers that look alike are asked about, and a mapping answers", () => {
  const text = "Ada,Lovelace\nAlan,Turing\n";
  expect(() => readClassList(text)).toThrow("several columns that look alike");
  const list = readClassList(
    text,
    new Map([
      ["first", "1"],
      ["last", "2"],
    ]),
  );
  expect(list.people.map(({ name }) => name)).toEqual(["Ada Lovelace", "Alan Turing"]);
});

test.each<[string, string, [ListField, string][], string]>([
  ["nothing in it", "\n\n", [], "The list is empty."],
  ["an open quotation mark", 'name\n"Ada\n', [], "A quotation mark in line 2 is never closed."],
  [
    "groups alone",
    "name,Section\nAda,9b\n",
    [
      ["name", ""],
      ["groups", "Section"],
    ],
    "No column is recognised.",
  ],
  ["headers alone", "name,email\n", [], "The list names nobody."],
  ["a mapping that is not there", "name\nAda\n", [["email", "Mail"]], "There is no column `Mail`."],
])("a list with %s is refused with the reason", (_, text, mapping, message) => {
  expect(() => readClassList(text, new Map(mapping))).toThrow(UnreadableList);
  expect(() => readClassList(text, new Map(mapping))).toThrow(message);
});

test("of two columns with one meaning the one with something in it counts", () => {
  const { people } = readClassList("Student,ID,SIS User ID\nAda,7,\n");
  expect(people[0]).toMatchObject({ id: "7", line: 2 });
});

test("a full name comes without what a spreadsheet or a terminal would act on", () => {
  const { people } = readClassList('username,name\nada,"=1+1"\nbob,"B\u001b[31mob"\n');
  expect(people.map(({ name }) => name)).toEqual(["1+1", "B [31mob"]);
});
