import { expect, test } from "vitest";
import {
  describeChanges,
  lockedVersions,
  packageChanges,
  summarizeChanges,
} from "../../../../installer/cli/env/package-changes.ts";

const versions = (text: string) => lockedVersions(text.replaceAll(" ", "\n"));

test.each([
  ["1.0", "1.1", "upgraded"],
  ["1.9", "1.10", "upgraded"],
  ["2.0rc1", "2.0", "upgraded"],
  ["2.0.dev3", "2.0a1", "upgraded"],
  ["2.0", "2.0.post1", "upgraded"],
  ["2026.1", "2025.12", "downgraded"],
  ["2.0", "2.0b2", "downgraded"],
  ["1.0.1", "1.0", "downgraded"],
])("from %s to %s is %s", (before, after, how) => {
  expect(packageChanges(new Map([["a", before]]), new Map([["a", after]]))).toEqual([
    { name: "a", before, after, how },
  ]);
});

test("a lock's lines are names as PEP 503 has them, without hashes and markers", () => {
  const lock =
    "Scikit_Learn==1.5 \\\n    --hash=sha256:00\nx==1 ; python_version < '4'\nurl @ https://x/y.whl\n";
  expect([...lockedVersions(lock)]).toEqual([
    ["scikit-learn", "1.5"],
    ["x", "1"],
  ]);
});

test("a wheel by its address is locked too, with the version in its name", () => {
  const lock = "my-lib @ file:///srv/a b/My_Lib-1.2-py3-none-any.whl \\\n    --hash=sha256:00\nx==1\n";
  expect([...lockedVersions(lock.replace("a b", "a%20b"))]).toEqual([
    ["x", "1"],
    ["my-lib", "1.2"],
  ]);
});

test("changes in lines and in a few words", () => {
  const changes = packageChanges(versions("a==1 b==1 c==2 same==1"), versions("b==2 c==1 d==1 same==1"));
  expect(describeChanges(changes)).toEqual([
    "  - a  1  removed",
    "  ^ b  1 -> 2  upgraded",
    "  v c  2 -> 1  downgraded",
    "  + d  1  new",
  ]);
  expect(summarizeChanges(changes)).toBe("-a 1, b 1 -> 2, c 2 -> 1, +d 1");
  expect(summarizeChanges(changes, 2)).toBe("-a 1, b 1 -> 2, and 2 more");
});
