import { afterEach, expect, test, vi } from "vitest";
import { reportError } from "../../../installer/cli/report-error.ts";
import { HomeroomError } from "../../../installer/errors.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** The exit code and what the person reads. */
function report(error: unknown): { code: number; said: string } {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  const code = reportError(error);
  // oxlint-disable-next-line no-control-regex -- colours
  return { code, said: lines.join("").replaceAll(/\x1b\[\d+m/g, "") };
}

const known = new HomeroomError("No room.", { remedy: "Make some.\nThen try again.", exitCode: 75 });

test.each([
  ["by itself", known],
  ["as the first of several", new AggregateError([known, new Error("another")])],
])("an error that a person can mend says how, %s", (_, error) => {
  expect(report(error)).toEqual({ code: 75, said: "Error: No room.\n  Make some.\n  Then try again.\n" });
});

test.each([
  ["ENOSPC", "The disk is full."],
  ["EROFS", "The disk can only be read."],
])("%s is the machine's trouble, not a defect", (code, words) => {
  const error = Object.assign(new Error(`${code}: no, write '/etc/a'`), { code });
  const said = report(error);
  expect(said.code).toBe(1);
  expect(said.said.startsWith(`Error: ${words} (${code}: no, write '/etc/a')\n  `)).toBe(true);
});

test("an interruption is no defect", () => {
  const error = Object.assign(new Error("stop"), { name: "AbortError" });
  expect(report(error)).toEqual({ code: 130, said: "Interrupted.\n" });
});

test.each([[new TypeError("x is undefined")], ["thrown text"], [undefined]])(
  "a defect asks for a report: %s",
  (error) => {
    const { code, said } = report(error);
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/^This is a defect of Homeroom: [^]*Please report it/),
    ]);
  },
);
