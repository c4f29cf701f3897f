import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { addCounts, readCounts } from "../../../scripts/test/counts.ts";

const directory = mkdtempSync(join(tmpdir(), "homeroom-counts-"));
afterAll(() => rmSync(directory, { recursive: true }));

function report(content: string): string {
  const path = join(directory, "report");
  writeFileSync(path, content);
  return path;
}

function vitestReport(failed: number, files: { status: string; tests: string[] }[]): string {
  return report(
    JSON.stringify({
      numPassedTests: 3,
      numFailedTests: failed,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: files.map(({ status, tests }) => ({
        status,
        assertionResults: tests.map((status) => ({ status })),
      })),
    }),
  );
}

test("vitest's report is counted", () => {
  const path = vitestReport(1, [{ status: "failed", tests: ["passed", "failed"] }]);
  expect(readCounts("vitest", path, 1)).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test("a test file that does not load is a failed test", () => {
  const path = vitestReport(0, [
    { status: "passed", tests: ["passed"] },
    { status: "failed", tests: [] },
  ]);
  expect(readCounts("vitest", path, 1)).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test("a run that fails without a failed test is one", () => {
  const path = vitestReport(0, [{ status: "passed", tests: ["passed"] }]);
  expect(readCounts("vitest", path, null)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  expect(readCounts("vitest", join(directory, "nothing"), 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("pytest's report is counted, suites together", () => {
  const path = report(
    `<?xml version="1.0"?><testsuites name="pytest tests"><testsuite name="a" errors="1" failures="2" skipped="3" tests="10" time="1"></testsuite><testsuite name="b" errors="0" failures="0" skipped="0" tests="5" time="1"></testsuite></testsuites>`,
  );
  expect(readCounts("pytest", path, 1)).toEqual({ passed: 9, failed: 3, skipped: 3 });
});

test("counts add up", () => {
  const one = { passed: 1, failed: 2, skipped: 3 };
  expect(addCounts([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 });
});
