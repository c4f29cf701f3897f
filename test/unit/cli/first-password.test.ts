import { compare } from "bcryptjs";
import { beforeEach, describe, expect, test } from "vitest";
import { setFirstPassword } from "../../../installer/cli/first-password.ts";
import { FakeHost } from "../../fake-host.ts";

const path = "/var/lib/homeroom/secrets/first-passwords.json";
let machine: FakeHost;
beforeEach(() => {
  machine = new FakeHost();
  machine.putDirectory("/var/lib");
});

const hashes = () => JSON.parse(machine.text(path) ?? "{}") as Record<string, string>;

describe("the admin's first password", () => {
  test("is kept as a hash that the hub reads, for root alone", async () => {
    expect(await setFirstPassword(machine, ["teacher"], "correct horse", false)).toBeUndefined();
    expect(await compare("correct horse", hashes()["teacher"] ?? "")).toBe(true);
    expect(hashes()["teacher"]).toMatch(/^\$2[ab]\$12\$/);
    expect(machine.text(path)).not.toContain("horse");
    expect((await machine.stat(path))?.mode).toBe(0o600);
    expect((await machine.stat("/var/lib/homeroom/secrets"))?.mode).toBe(0o700);
  });

  test("is made up where none was given, and told once", async () => {
    const told = await setFirstPassword(machine, ["teacher"], undefined, false);
    expect(told).toMatch(/^(?:[a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/);
    expect(await compare(told ?? "", hashes()["teacher"] ?? "")).toBe(true);
    machine.inject(undefined);
    expect(await setFirstPassword(machine, ["teacher"], undefined, false)).toBeUndefined();
    expect(machine.changes).toEqual([]);
  });

  test("is given to every admin who has none, and taken from nobody", async () => {
    await setFirstPassword(machine, ["teacher"], "correct horse", false);
    const before = hashes()["teacher"];
    await setFirstPassword(machine, ["teacher", "aide"], "battery staple", false);
    expect(hashes()["teacher"]).toBe(before);
    expect(await compare("battery staple", hashes()["aide"] ?? "")).toBe(true);
  });

  test("is not needed where nobody is an admin", async () => {
    expect(await setFirstPassword(machine, [], "correct horse", false)).toBeUndefined();
    expect(machine.changes).toEqual([]);
  });

  test.each([
    ["short", "fewer than 8 characters"],
    ["ä".repeat(37), "more than 72 bytes"],
  ])("is refused where it is %s", async (password, words) => {
    const setting = setFirstPassword(machine, ["teacher"], password, false);
    await expect(setting).rejects.toMatchObject({ message: expect.stringContaining(words) as string });
    await expect(setting).rejects.not.toMatchObject({ message: expect.stringContaining(password) as string });
    expect(machine.changes).toEqual([]);
  });
});
