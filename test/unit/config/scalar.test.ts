import { describe, expect, it } from "vitest";
import { otherMeaning, readScalar } from "../../../config/scalar.ts";
import type { ScalarNode } from "../../../config/document.ts";

function plain(text: string): ScalarNode {
  return { kind: "scalar", text, plain: true, span: { start: 0, end: 0 } };
}

/** What ruamel.yaml 0.19, the parser of TLJH, makes of plain words. */
const words: [string, unknown][] = [
  ["", null],
  ["~", null],
  ["null", null],
  ["NULL", null],
  ["None", "None"],
  ["nULL", "nULL"],
  ["true", true],
  ["False", false],
  ["tRUE", "tRUE"],
  ["yes", "yes"],
  ["on", "on"],
  ["n", "n"],
  ["0", 0],
  ["007", 7],
  ["010", 10],
  ["08", 8],
  ["+5", 5],
  ["-12", -12],
  ["1_000", 1000],
  ["+_1", 1],
  ["_1", "_1"],
  ["_", "_"],
  ["0o10", 8],
  ["0o8", "0o8"],
  ["0x1F", 31],
  ["-0x1F", -31],
  ["0x", "0x"],
  ["0b11", 3],
  ["1.", 1],
  [".5", 0.5],
  ["._2", 0.2],
  ["-.5", -0.5],
  ["1e3", 1000],
  ["5.e3", 5000],
  [".5e3", ".5e3"],
  [".5e+3", 500],
  ["1e", "1e"],
  [".inf", Infinity],
  ["-.INF", -Infinity],
  [".nan", Number.NaN],
  ["12:30", "12:30"],
  ["1:2", "1:2"],
  ["-", "-"],
  ["--1", "--1"],
];

describe("readScalar", () => {
  it.each(words)("reads %j as TLJH does", (text, meaning) => {
    const value = readScalar(plain(text));
    expect(value.type === "null" ? null : value.type === "date" ? "date" : value.value).toEqual(meaning);
  });
  it.each(["2025-09-01", "2025-9-1 8:00:00", "2001-12-14t21:59:43.10-05:00"])("knows the date %s", (text) => {
    expect(readScalar(plain(text))).toEqual({ type: "date" });
  });
  it("keeps the digits of large integers", () => {
    expect(readScalar(plain("-12345678901234567890"))).toMatchObject({
      type: "integer",
      digits: "-12345678901234567890",
    });
    expect(readScalar(plain("9007199254740991"))).toEqual({ type: "integer", value: 9007199254740991 });
  });
  it("takes quoted words for text", () => {
    expect(readScalar({ ...plain("true"), plain: false })).toEqual({ type: "text", value: "true" });
  });
});

describe("otherMeaning", () => {
  it.each([
    ["yes", "true"],
    ["ON", "true"],
    ["y", "true"],
    ["No", "false"],
    ["off", "false"],
    ["010", "the number 8"],
    ["0_17", "the number 15"],
    ["12:30", "the number 750"],
    ["-1:00", "the number -60"],
    ["007", undefined],
    ["08", undefined],
    ["10", undefined],
    ["1:60", undefined],
    ["true", undefined],
  ])("%s is %s in YAML 1.1", (text, meaning) => {
    expect(otherMeaning(plain(text))).toBe(meaning);
  });
});
