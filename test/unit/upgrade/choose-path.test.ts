import { describe, expect, test } from "vitest";
import { choosePath } from "../../../installer/upgrade/choose-path.ts";
import type { Published } from "../../../installer/upgrade/published.ts";

/** What a registry says where these are published; the last one is the newest as such. */
function registry(versions: readonly string[], deprecated: readonly string[] = []): Published {
  return {
    registry: "registry.example",
    keys: null,
    package: {
      name: "homeroom",
      "dist-tags": { latest: versions.at(-1) ?? "" },
      versions: Object.fromEntries(
        versions.map((version) => [
          version,
          { version, dist: {}, ...(deprecated.includes(version) ? { deprecated: "broken" } : {}) },
        ]),
      ),
    },
  };
}

const all = registry(["0.1.0", "0.1.10", "0.1.9", "0.2.0", "0.2.3", "0.3.0-rc.1", "0.3.0", "0.3.1"]);

test.each([
  ["the newest, by numbers", "0.1.0", registry(["0.1.9", "0.1.10"]), ["0.1.10"]],
  ["through the newest of each line between", "0.1.0", all, ["0.2.3", "0.3.1"]],
  ["one line further in one step", "0.2.0", all, ["0.3.1"]],
  ["nothing where it is the newest", "0.3.1", all, []],
  ["nothing where it is newer than what is published as such", "0.4.0", all, []],
  ["not what was withdrawn", "0.2.3", registry(["0.2.3", "0.3.0", "0.3.1"], ["0.3.1"]), ["0.3.0"]],
  ["not what only previews", "0.2.3", registry(["0.2.3", "0.3.0-rc.1", "0.2.4"]), ["0.2.4"]],
  [
    "into the first of a major version from any line before",
    "0.2.0",
    registry(["0.3.0", "1.0.0"]),
    ["1.0.0"],
  ],
  ["no names that could lead out of a folder", "0.1.0", registry(["../../x", "0.1.1"]), ["0.1.1"]],
])("%s", (_, current, published, path) => {
  expect(choosePath(published, current)).toEqual(path);
});

describe("a version that somebody names", () => {
  test.each([
    ["0.1.9", ["0.1.9"]],
    ["0.2.0", ["0.2.0"]],
    ["0.3.0-rc.1", ["0.2.3", "0.3.0-rc.1"]],
    ["0.3.0", ["0.2.3", "0.3.0"]],
    ["0.1.0", []],
  ])("%s", (wanted, path) => {
    expect(choosePath(all, "0.1.0", wanted)).toEqual(path);
  });

  test.each([
    ["0.9.0", "There is no Homeroom 0.9.0"],
    ["constructor", "There is no Homeroom constructor"],
    ["0.1.0", "is older than 0.2.0"],
  ])("%s is refused", (wanted, message) => {
    expect(() => choosePath(all, "0.2.0", wanted)).toThrow(message);
  });

  test("nor can a line be left out that is not published", () => {
    expect(() => choosePath(registry(["0.1.0", "0.3.0"]), "0.1.0", "0.3.0")).toThrow("There is no way");
  });
});
