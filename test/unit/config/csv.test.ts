import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatRow, parseCsv } from "../../../config/csv.ts";
import { anyText } from "./any-text.ts";

const texts = (csv: ReturnType<typeof parseCsv>) =>
  csv.rows.map(({ cells }) => cells.map(({ text }) => text));

test("cells are read with quotes, line breaks in them, and where they stand", () => {
  const text = 'a,"b ""x"", c"\r\n\r\n"two\nlines",d\n';
  const csv = parseCsv(text);
  expect(texts(csv)).toEqual([
    ["a", 'b "x", c'],
    ["two\nlines", "d"],
  ]);
  expect(csv.rows[1]?.cells.map(({ span }) => text.slice(span.start, span.end))).toEqual([
    '"two\nlines"',
    "d",
  ]);
});

test.each([
  ["semicolons, as spreadsheets of many countries write them", "a;b,c;d\n1;2;3", ";"],
  ["tabs", "a\tb\n1\t2", "\t"],
  ["commas, whatever stands in quotes", '"a;b;c",d\n', ","],
])("%s separate", (_, text, separator) => {
  expect(parseCsv(text).separator).toBe(separator);
});

test("a byte order mark is no part of the first cell", () => {
  expect(texts(parseCsv("\uFEFFusername\nalice"))).toEqual([["username"], ["alice"]]);
});

test("a quotation mark that is never closed is named", () => {
  expect(parseCsv('a,b\n"c,d\n').unclosed).toBe(4);
});

test("what is written is read again, and every row lies where its span says", () => {
  const cell = fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => text.trim());
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(rows, fc.constantFrom(",", ";", "\t"), (written, separator) => {
      const header = ["a", "b", "c"].join(separator);
      const text = [header, ...written.map((row) => formatRow(row, separator))].join("\n");
      const csv = parseCsv(text);
      expect(texts(csv).slice(1)).toEqual(written);
      for (const { cells, span } of csv.rows) {
        expect([cells[0]?.span.start, cells.at(-1)?.span.end]).toEqual([span.start, span.end]);
      }
    }),
  );
});

test("any text is read to its end", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const last = parseCsv(text).rows.at(-1)?.span.end ?? 0;
      expect(text.slice(last).replaceAll(/[\r\n\uFEFF]/g, "")).toBe("");
    }),
  );
});
