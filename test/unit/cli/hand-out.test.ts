import { expect, test } from "vitest";
import { handOutText } from "../../../installer/cli/users/hand-out.ts";

const person = (username: string, name = "") => ({
  username,
  name,
  email: "",
  id: "",
  groups: [],
  role: "student" as const,
  banned: false,
  imported: [],
});

test("a slip for whoever has a password, by name, ten to a page", () => {
  const people = [person("zoe", "Ada Zoe"), person("bob"), person("known", "Known"), person("äda", "Äda B.")];
  const passwords = new Map([
    ["zoe", "aaaa-bbbb-cccc"],
    ["bob", "dddd-eeee-ffff"],
    ["äda", "gggg-hhhh-iiii"],
  ]);
  const text = handOutText("http://192.0.2.1/", people, passwords);
  expect(text.split("\n").slice(0, 5)).toEqual([
    "Name       Äda B.",
    "Address    http://192.0.2.1/",
    "User name  äda",
    "Password   gggg-hhhh-iiii",
    expect.stringMatching(/^- - -/),
  ]);
  expect([...text.matchAll(/User name +(\S+)/g)].map(([, name]) => name)).toEqual(["äda", "zoe", "bob"]);
  const many = Array.from({ length: 21 }, (_, n) => person(`p${n}`));
  const pages = handOutText("", many, new Map(many.map(({ username }) => [username, "x"]))).split("\f");
  expect(pages.map((page) => page.match(/Password/g)?.length)).toEqual([10, 10, 1]);
  expect(pages.every((page) => page.split("\n").length <= 60)).toBe(true);
});
