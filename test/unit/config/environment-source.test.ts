import { expect, test } from "vitest";
import { parseEnvironmentSource, sourceInWords } from "../../../config/environment-source.ts";

test.each([
  ["/srv/course", { kind: "path", address: "/srv/course" }],
  ["/srv/my course.zip", { kind: "path", address: "/srv/my course.zip" }],
  ["/srv/course.git#v1", { kind: "path", address: "/srv/course.git", ref: "v1" }],
  ["https://host/course", { kind: "git", address: "https://host/course" }],
  ["https://host/course#a/b-1.0", { kind: "git", address: "https://host/course", ref: "a/b-1.0" }],
  ["https://host/course.zip", { kind: "archive", address: "https://host/course.zip" }],
  ["https://host/course.tar.gz?x=1", { kind: "archive", address: "https://host/course.tar.gz?x=1" }],
  ["git+https://host/course.zip", { kind: "git", address: "https://host/course.zip" }],
  ["file:///srv/course.git", { kind: "git", address: "file:///srv/course.git" }],
  [
    "https://me:a%40b@host/course#main",
    { kind: "git", address: "https://host/course", ref: "main", credentials: "me:a@b" },
  ],
])("%s", (text, source) => {
  expect(parseEnvironmentSource(text)).toEqual(source);
});

test.each([
  "",
  "course",
  "./course",
  "git@host:school/course",
  "ssh://git@host/course",
  "ext::sh -c id",
  "--upload-pack=id",
  "https://host/course#--upload-pack=id",
  "https://host/course#a b",
  "https://host/a\nb",
  "https://",
])("%j is none", (text) => {
  expect(parseEnvironmentSource(text)).toBeUndefined();
});

test("what people see has no password", () => {
  const source = parseEnvironmentSource("https://me:secret@host/course#main");
  expect(source && sourceInWords(source)).toBe("https://host/course#main");
});
