import { expect, test } from "vitest";
import { loadConfig } from "../../../config/load.ts";
import { firstConfig, validName } from "../../../installer/cli/first-config.ts";

test("the first config lets the teacher in and leaves the limit to the machine", () => {
  const { config, problems } = loadConfig(firstConfig("teacher"));
  expect(problems).toEqual([]);
  expect(config?.limits.memory).toBe("auto");
  expect(config?.users).toMatchObject({ admin: ["teacher"], allowed: [], open: false });
});

test.each(["teacher", "a", "jane@school.org", "anna-lena", "x_1.b"])("%s can be the admin", (name) => {
  expect(validName(name)).toBe(true);
  const { config, problems } = loadConfig(firstConfig(name));
  expect([problems, config?.users.admin]).toEqual([[], [name]]);
});

test.each(["", "Teacher", "1a", "-a", "a b", "a:b", "a\nb", '"', "ä", "a".repeat(62)])(
  "%j cannot be the admin, and why is said",
  (name) => {
    expect(validName(name)).toMatch(/cannot be a user name/);
  },
);
