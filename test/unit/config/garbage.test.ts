import * as fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatProblems } from "../../../config/format.ts";
import { loadConfig } from "../../../config/load.ts";
import { anyText } from "./any-text.ts";
import { counterexample } from "./counterexample.ts";

const folder = new URL("../../cases/config/", import.meta.url);
const texts = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => readFileSync(new URL(file, folder)));

/** Pieces of config in any order, and damage to real configs. */
const garbage = fc.oneof(
  anyText,
  fc
    .array(
      fc.constantFrom(
        "users:",
        "  admin:",
        "- ",
        "a",
        ": ",
        "\n",
        "  ",
        "\t",
        "{",
        "}",
        "[",
        "]",
        "&a",
        "*a",
        "<<",
        "!!",
        "'",
        '"',
        "|",
        ">",
        "---",
        "...",
        "%",
        "#",
        "?",
        "limits:\n  memory: ",
        "1G",
        "\r\n",
        "\u0000",
        "auth:\n  type: ",
        "github",
      ),
    )
    .map((parts) => parts.join("")),
  fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(20), fc.string()).map(([text, at, cut, inserted]) => {
    const whole = text.toString("latin1");
    const place = at % (whole.length + 1);
    return whole.slice(0, place) + inserted + whole.slice(place + cut);
  }),
);

describe("garbage", () => {
  it("answers every text with errors or a Config, and never throws", () => {
    expect(
      counterexample(
        fc.property(garbage, (text) => {
          const { problems, config } = loadConfig(text);
          const errors = problems.some(({ severity }) => severity === "error");
          const lines = text.split("\n");
          const placed = problems.every(
            ({ line, column }) =>
              line >= 1 &&
              line <= lines.length &&
              column >= 1 &&
              column <= (lines[line - 1] ?? "").length + 1,
          );
          return (
            errors === (config === undefined) && placed && formatProblems(problems, { file: "x" }).length > 0
          );
        }),
        2000,
      ),
    ).toBeUndefined();
  });
  it("answers bytes too", () => {
    expect(
      counterexample(fc.property(fc.uint8Array(), (bytes) => loadConfig(bytes).problems.length >= 0)),
    ).toBeUndefined();
  });
});
