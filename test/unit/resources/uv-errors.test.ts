import { describe, expect, test } from "vitest";
import { HomeroomError } from "../../../installer/errors.ts";
import { explainUv } from "../../../installer/resources/uv-errors.ts";

const failed = (said: string) => new HomeroomError("`uv pip` failed.", { remedy: `It said: ${said}` });
const words = (said: string) => explainUv(failed(said)) as HomeroomError;

/** What uv 0.13.9 said, and what a teacher reads. */
describe.each([
  [
    "error: No solution found when resolving dependencies\n  cause: Because you require pandas>=3 and pandas<2, we can conclude that your requirements are unsatisfiable.",
    "These packages cannot be installed together.",
  ],
  [
    "error: No solution found when resolving dependencies\n  cause: Because all versions of onetimepass have no usable wheels and you require onetimepass, we can conclude that your requirements are unsatisfiable.",
    "There is no ready-made package (wheel) of onetimepass for this machine's Python.",
  ],
  [
    "error: Failed to fetch: http://index:80/files/silent_one-1.0-py3-none-any.whl\n  cause: operation timed out",
    "The package index did not answer in time. (while getting silent_one)",
  ],
  [
    "  cause: Because oldone==1.0 has no wheels with a matching Python ABI tag (e.g., `cp313`) and only oldone==1.0 is available, we can conclude",
    "There is no ready-made package (wheel) of oldone for this machine's Python.",
  ],
  [
    "  cause: Because the current Python version (3.11.2) does not satisfy Python>=3.12 and numpy==2.5.0 depends on Python>=3.12, we can conclude",
    "numpy is not made for Python 3.11.2, which this machine has.",
  ],
  [
    "  cause: Because nosuchpkg was not found in the package registry and you require nosuchpkg==1, we can conclude",
    "The package index has no package nosuchpkg.",
  ],
  [
    "  cause: Because there is no version of numpy==99 and you require numpy==99, we can conclude",
    "The package index does not have numpy==99.",
  ],
])("%s", (said, message) => {
  test("in a teacher's words, with uv's own below", () => {
    const error = words(said);
    expect(error.message).toBe(message);
    expect(error.remedy).toContain(said);
    expect(error.remedy.split("\n")[0]).toMatch(/[a-z]/);
  });
});

test("what nobody foresaw stays as it was", () => {
  const error = failed("something else");
  expect(explainUv(error)).toBe(error);
  const bug = new TypeError("x");
  expect(explainUv(bug)).toBe(bug);
});
