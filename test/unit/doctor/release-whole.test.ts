import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Subject } from "../../../installer/doctor/check.ts";
import { releaseWhole } from "../../../installer/doctor/checks/release-whole.ts";
import { FakeHost } from "../../fake-host.ts";

const folder = "/opt/homeroom/releases/1.0.0";
const names = ["a", "b", "c", "d", "e"];
const hashes = new Map(
  names.map((name) => [name, `sha512-${createHash("sha512").update(name).digest("base64")}`]),
);

/** What is found where these files hold something else. */
async function found(changed: readonly string[]): Promise<string[]> {
  const files = names.map((name) => [`${folder}/${name}`, changed.includes(name) ? "other" : name]);
  const host = new FakeHost(Object.fromEntries(files) as Record<string, string>);
  const findings = await releaseWhole.examine({ host, release: { folder, hashes } } as unknown as Subject);
  return findings.map(({ message }) => message);
}

test("a whole release is nothing to speak of", async () => {
  expect(await found([])).toEqual([]);
});

test("one finding, however many files are gone", async () => {
  expect(await found(["b"])).toEqual([`Of ${folder} b is missing or changed.`]);
  expect(await found(names)).toEqual([`Of ${folder} a, b, c and 2 more are missing or changed.`]);
});
