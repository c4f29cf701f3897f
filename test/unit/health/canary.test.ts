import { expect, test } from "vitest";
import { canaryProblem, type CanaryLook } from "../../../installer/health/canary.ts";

const look = (rest: Partial<CanaryLook>): CanaryLook => ({
  at: "2026-12-01T10:00:00Z",
  works: false,
  seconds: {},
  ...rest,
});

test("what works is no problem, nor is a full class", () => {
  expect(canaryProblem(look({ works: true }))).toBeUndefined();
  expect(canaryProblem(look({ failed: "server", why: "The class is full", full: true }))).toBeUndefined();
});

test.each([
  ["login", "Nobody can log in: why."],
  ["server", "No notebook server starts: why."],
  ["compute", "Nobody can compute: why."],
  ["stop", "Servers do not stop: why."],
])("a failed %s is said in words, with where to look", (failed, says) => {
  const problem = canaryProblem(look({ failed, why: "why" }));
  expect(problem).toMatchObject({ check: "canary", message: says });
  expect(problem?.remedy).toContain("journalctl -u");
});
