import { expect, test } from "vitest";
import { loadConfig } from "../../../config/load.ts";
import {
  domainIn,
  firstConfig,
  packagesIn,
  proposedPackages,
  validDomain,
  validEmail,
  validName,
  validPackages,
} from "../../../installer/cli/first-config.ts";

test("the first config lets the teacher in and leaves the limit to the machine", () => {
  const { config, problems } = loadConfig(firstConfig("teacher", []));
  expect(problems).toEqual([]);
  expect(config?.limits.memory).toBe("auto");
  expect(config?.users).toMatchObject({ admin: ["teacher"], allowed: [], open: false });
  expect(config?.environment.packages).toEqual([]);
});

test("the packages that were asked for stand in it", () => {
  expect(packagesIn(proposedPackages)).toEqual(["numpy", "pandas", "matplotlib", "scipy"]);
  const packages = packagesIn(" numpy, pandas>=2  numpy,");
  const { config, problems } = loadConfig(firstConfig("teacher", packages));
  expect(problems).toEqual([]);
  expect(config?.environment.packages).toEqual(["numpy", "pandas>=2"]);
});

test.each(["none", " None ", "", "numpy", "numpy pandas>=2,scipy", "nbgrader[all]==0.9.*"])(
  "%j can be answered",
  (line) => {
    expect(validPackages(line)).toBe(true);
    const { problems } = loadConfig(firstConfig("teacher", packagesIn(line)));
    expect(problems).toEqual([]);
  },
);

test.each([
  ["--index-url=http://evil/", "--index-url=http://evil/"],
  ["numpy ../here", "../here"],
  ["numpy; rm -rf /", "-rf"],
])("%j cannot, and the word is named", (line, word) => {
  expect(validPackages(line)).toContain(`"${word}" is no package`);
});

test.each(["teacher", "a", "jane@school.org", "anna-lena", "x_1.b"])("%s can be the admin", (name) => {
  expect(validName(name)).toBe(true);
  const { config, problems } = loadConfig(firstConfig(name, []));
  expect([problems, config?.users.admin]).toEqual([[], [name]]);
});

test.each(["", "Teacher", "1a", "-a", "a b", "a:b", "a\nb", '"', "ä", "a".repeat(62)])(
  "%j cannot be the admin, and why is said",
  (name) => {
    expect(validName(name)).toMatch(/cannot be a user name/);
  },
);

test("the public name stands in it, and turns HTTPS on", () => {
  const domain = domainIn(" Hub.School.example ") ?? "";
  const { config, problems } = loadConfig(
    firstConfig("teacher", ["numpy"], { domain, email: "t@school.example" }),
  );
  expect(problems).toEqual([]);
  expect(config?.https).toMatchObject({
    enabled: true,
    mode: "letsencrypt",
    letsencrypt: { email: "t@school.example", domains: ["hub.school.example"] },
  });
});

test.each(["none", "", "hub.school.example"])("%j can be the public name", (line) => {
  expect(validDomain(line)).toBe(true);
});

test.each(["hub", "https://hub.school.example/", "10.0.0.1"])("%j cannot, and why is said", (line) => {
  expect(validDomain(line)).toContain("is no name that can be certified");
});

test("mail goes to addresses", () => {
  expect(validEmail("teacher@school.example")).toBe(true);
  expect(validEmail("teacher")).toContain("no e-mail address");
});
