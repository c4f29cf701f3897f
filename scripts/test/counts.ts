import { existsSync, readFileSync } from "node:fs";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const none: Counts = { passed: 0, failed: 0, skipped: 0 };

export function addCounts(counts: readonly Counts[]): Counts {
  return counts.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    none,
  );
}

/**
 * What the report of a run counts. A run that failed without a failed test (a file that does not load, an error
 * outside any test, a run that was ended) counts as one that failed.
 */
export function readCounts(runner: "vitest" | "pytest", report: string, exitCode: number | null): Counts {
  const text = existsSync(report) ? readFileSync(report, "utf8") : "";
  const counts = text === "" ? none : runner === "vitest" ? countVitest(text) : countPytest(text);
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** vitest's json reporter. A test file without a result of its own that failed did not load. */
function countVitest(text: string): Counts {
  const report = JSON.parse(text) as VitestReport;
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((result) => result.status === "failed"),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** pytest's junit xml: the counts stand on the suites. */
function countPytest(text: string): Counts {
  const suites = Array.from(text.matchAll(/<testsuite (?<attributes>[^>]*)>/g), ({ groups }) => {
    const attributes = groups?.["attributes"] ?? "";
    const count = (name: string): number =>
      Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
    const failed = count("failures") + count("errors");
    return { passed: count("tests") - failed - count("skipped"), failed, skipped: count("skipped") };
  });
  return addCounts(suites);
}
