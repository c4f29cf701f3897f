import { expect, test } from "vitest";
import { loadConfig } from "../../../config/load.ts";
import { firstConfig, validName } from "../../../installer/cli/first-config.ts";

const MiB = 1024 ** 2;

test.each([
  [512, 256],
  [1024, 320],
  [2048, 640],
  [3072, 1024],
  [65_536, 1024],
])("on a machine of %i MiB one person gets %i MiB", (memory, share) => {
  const { config, problems } = loadConfig(firstConfig("teacher", memory * MiB));
  expect(problems).toEqual([]);
  expect(config?.limits.memory).toBe(share * MiB);
  expect(config?.users).toMatchObject({ admin: ["teacher"], allowed: [], open: false });
});

test.each(["teacher", "a", "jane@school.org", "anna-lena", "x_1.b"])("%s can be the admin", (name) => {
  expect(validName(name)).toBe(true);
  const { config, problems } = loadConfig(firstConfig(name, 4096 * MiB));
  expect([problems, config?.users.admin]).toEqual([[], [name]]);
});

test.each(["", "Teacher", "1a", "-a", "a b", "a:b", "a\nb", '"', "ä", "a".repeat(62)])(
  "%j cannot be the admin, and why is said",
  (name) => {
    expect(validName(name)).toMatch(/cannot be a user name/);
  },
);
