import { expect, test } from "vitest";
import { setValue, unsetValue } from "../../../config/edit.ts";
import { migrateConfig, type Migration } from "../../../installer/upgrade/migrate-config.ts";
import { refuseMachine, refuseWay } from "../../../installer/upgrade/refuse-release.ts";
import type { Facts } from "../../../installer/resources/facts.ts";
import { FakeHost } from "../../fake-host.ts";

test.each([
  ["0.1.0", "0.1.1"],
  ["0.1.9", "0.2.0"],
  ["0.9.2", "1.0.0"],
])("from %s to %s", (from, to) => {
  expect(() => refuseWay(from, to)).not.toThrow();
});

test.each([
  ["0.2.0", "0.1.9", "is older"],
  ["0.2.0", "0.2.0-rc.1", "is older"],
  ["0.1.0", "0.3.0", "more than one minor version"],
  ["0.9.0", "1.1.0", "more than one minor version"],
  ["0.9.0", "2.0.0", "more than one minor version"],
])("not from %s to %s", (from, to, message) => {
  expect(() => refuseWay(from, to)).toThrow(message);
});

const facts: Facts = {
  os: { id: "debian", version: "12", name: "Debian GNU/Linux 12" },
  architecture: "x86_64",
  memory: 2e9,
  python: "3.11",
  ipv6: true,
  systemd: 252,
};

function withFree(bytes: number): FakeHost {
  return new FakeHost({}, { df: () => `     Avail\n${bytes}\n` });
}

test.each([
  ["debian", "12"],
  ["debian", "13"],
  ["ubuntu", "24.04"],
])("a machine that has what is needed: %s %s", async (id, version) => {
  const machine = { ...facts, os: { id, version, name: id } };
  await expect(refuseMachine(withFree(2e9), machine, "0.2.0")).resolves.toBeUndefined();
});

test("everything that is missing is said at once, and nothing is changed", async () => {
  const host = withFree(1e8);
  const os = { id: "debian", version: "11", name: "Debian GNU/Linux 11" };
  const refused = refuseMachine(host, { ...facts, os, python: "3.9", systemd: 247 }, "0.2.0");
  await expect(refused).rejects.toThrow(
    /can't serve this machine[^]*Debian 12[^]*Python 3\.11[^]*systemd 252[^]*1000 MB of free disk below \/opt; there are 100 MB/,
  );
  expect(host.changes).toEqual([]);
});

const migrations: Migration[] = [
  { release: "0.2.0", words: "two", edit: (text) => text.replace("one", "two") },
  {
    release: "0.3.0",
    words: "`limits.ram` is called `limits.memory`",
    edit: (text) =>
      text.includes("ram:")
        ? setValue(unsetValue(text, ["limits", "ram"]), ["limits", "memory"], {
            kind: "scalar",
            text: "1G",
            plain: true,
            span: { start: 0, end: 0 },
          })
        : text,
  },
];

test("edits from the release after the old one up to the new one, each once, in their order", () => {
  const text = "# one\nlimits:\n  ram: 1G\n";
  const to = (from: string, release: string) => migrateConfig(text, { from, to: release }, migrations);
  expect(to("0.1.0", "0.2.0")).toEqual({ text: "# two\nlimits:\n  ram: 1G\n", changes: ["two"] });
  expect(to("0.1.0", "0.3.1").changes).toEqual(["two", "`limits.ram` is called `limits.memory`"]);
  expect(to("0.1.0", "0.3.1").text).toBe("# two\nlimits:\n  memory: 1G\n");
  expect(to("0.2.0", "0.2.9")).toEqual({ text, changes: [] });
  expect(to("0.3.0", "0.3.1")).toEqual({ text, changes: [] });
});

test("what changes nothing is not told", () => {
  expect(migrateConfig("limits: {}\n", { from: "0.1.0", to: "0.3.0" }, migrations)).toEqual({
    text: "limits: {}\n",
    changes: [],
  });
});

test("the config of a release without changes of the language stays as it is", () => {
  const text = "users:\n  admin: [teacher]\n";
  expect(migrateConfig(text, { from: "0.0.1", to: "0.1.0" })).toEqual({ text, changes: [] });
});
