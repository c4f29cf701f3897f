import { expect, test } from "vitest";
import { pathInHome } from "../../../installer/backup/place-file.ts";

test.each([
  ["work/day1.ipynb", "work/day1.ipynb"],
  ["~/work/", "work"],
  ["/home/jupyter-alice/work/a b.ipynb", "work/a b.ipynb"],
  [".jupyter", ".jupyter"],
])("%s is %s of the home", (typed, path) => {
  expect(pathInHome("jupyter-alice", typed)).toBe(path);
});

test.each([
  "",
  "/",
  "~/",
  "/etc/shadow",
  "../bob",
  "work/../../bob",
  "a//b",
  "./a",
  "a\nb",
  "/home/jupyter-bob/a",
])("%j is none", (typed) => {
  expect(() => pathInHome("jupyter-alice", typed)).toThrow(/is no file of a home/);
});
