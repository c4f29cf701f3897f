import { expect, test } from "vitest";
import { isWithinVersions } from "../../../installer/repo2docker/python-versions.ts";

test.each([
  ["3.11", "==3.11", true],
  ["3.11", "==3.11.*", true],
  ["3.11", "==3.11.4", true],
  ["3.11", "==3", true],
  ["3.11", "==3.*", true],
  ["3.11", "==3.1", false],
  ["3.11", "==2.7", false],
  ["3.11", ">=3.9", true],
  ["3.11", ">=3.12", false],
  ["3.11", ">=3.9,<3.11", false],
  ["3.11", ">=3.9,<3.12", true],
  ["3.11", "<3.11.5", true],
  ["3.11", "<3.11.0", false],
  ["3.11", "<4", true],
  ["3.11", "<=3.11", true],
  ["3.11", ">3.11", false],
  ["3.11", ">3.11.2", true],
  ["3.11", ">3.10", true],
  ["3.11", "~=3.8", true],
  ["3.11", "~=3.10.2", false],
  ["3.11", "~=3.12", false],
  ["3.11", "!=3.11", false],
  ["3.11", "!=3.11.3", true],
  ["3.11", "!=3.9", true],
  ["3.9", ">=3.10", false],
  ["3.11", "", true],
])("Python %s is within %j: %s", (python, versions, answer) => {
  expect(isWithinVersions(python, versions)).toBe(answer);
});
