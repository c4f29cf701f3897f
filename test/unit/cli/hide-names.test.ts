import { expect, test } from "vitest";
import { hideNames } from "../../../installer/cli/report/hide-names.ts";

const hide = hideNames([["ann"], ["anna.b", "jupyter-anna.b-12345"], ["Öz.*"]], "classroom");

test.each([
  ["200 GET /user/anna.b/lab", "200 GET /user/person-2/lab"],
  [
    "GET /hub/spawn-pending/ann?next=%2Fuser%2Fann%2Flab",
    "GET /hub/spawn-pending/person-1?next=%2Fuser%2Fperson-1%2Flab",
  ],
  ["account jupyter-anna.b-12345 of Anna.B", "account person-2 of person-2"],
  [
    "jupyter-ann, ann; homeroom-user@ann.service",
    "jupyter-person-1, person-1; homeroom-user@person-1.service",
  ],
  ["annotate a channel", "annotate a channel"],
  ["öz.* is a name, not a pattern", "person-3 is a name, not a pattern"],
  ["write to ann@school.example on CLASSROOM", "write to mail@hidden on the-machine"],
])("%s", (text, hidden) => {
  expect(hide(text)).toBe(hidden);
});

test("where nobody is named nothing changes", () => {
  expect(hideNames([], "")("200 GET /hub/login")).toBe("200 GET /hub/login");
});
