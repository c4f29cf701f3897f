import { expect, test } from "vitest";
import {
  describeUnattended,
  readUnattended,
  upgradeUnattended,
} from "../../../installer/cli/upgrade/unattended.ts";
import type { Published } from "../../../installer/upgrade/published.ts";
import { FakeHost } from "../../fake-host.ts";

function registry(...versions: string[]): Promise<Published> {
  return Promise.resolve({
    registry: "registry.example",
    keys: null,
    package: {
      name: "homeroom",
      "dist-tags": { latest: versions.at(-1) ?? "" },
      versions: Object.fromEntries(versions.map((version) => [version, { version, dist: {} }])),
    },
  });
}

/** A machine where somebody's server runs for so many looks at it. */
function machine(looks = 0): FakeHost {
  let left = looks;
  const unit = () => {
    const state = left > 0 ? "active" : "inactive";
    left -= 1;
    return `Id=homeroom-user@alice.service\nActiveState=${state}\n`;
  };
  const host = new FakeHost({}, { systemctl: unit });
  host.putDirectory("/var/lib/homeroom");
  return host;
}

/** Long enough for the slowest machine, or none at all. */
const patience = { patienceMs: 600_000, pauseMs: 1 };
const hasty = { patienceMs: 0, pauseMs: 1 };

async function night(host: FakeHost, published: Promise<Published>, exitCode = 0, waiting = patience) {
  const went: string[] = [];
  const upgradeTo = (release: string) => {
    went.push(release);
    return Promise.resolve(exitCode);
  };
  const status = await upgradeUnattended(host, { current: "0.2.0", published, upgradeTo, patience: waiting });
  return { went, status, record: await readUnattended(host) };
}

test("a release that only mends is taken", async () => {
  const { went, status, record } = await night(machine(), registry("0.2.0", "0.2.3", "0.2.10", "0.3.0"));
  expect([went, status]).toEqual([["0.2.10"], 0]);
  expect(record).toMatchObject({ outcome: "upgraded", release: "0.2.10" });
});

test("nothing else is: no next minor version, nothing older, no preview", async () => {
  const { went, record } = await night(machine(), registry("0.1.9", "0.2.0", "0.2.1-rc.1", "0.3.0"));
  expect(went).toEqual([]);
  expect(record).toMatchObject({ outcome: "none" });
});

test("it waits until nobody's server runs", async () => {
  const host = machine(5);
  const { went } = await night(host, registry("0.2.1"));
  expect(went).toEqual(["0.2.1"]);
  expect(host.queried).toHaveLength(6);
});

test("where somebody works on it is for another night", async () => {
  const { went, status, record } = await night(machine(1), registry("0.2.1"), 0, hasty);
  expect([went, status]).toEqual([[], 0]);
  expect(record).toMatchObject({ outcome: "busy", release: "0.2.1" });
});

test("what fails is in the record, and the unit's failure", async () => {
  const { status, record } = await night(machine(), registry("0.2.1"), 1);
  expect(status).toBe(1);
  expect(record).toMatchObject({ outcome: "failed", release: "0.2.1" });
  const host = machine();
  await expect(night(host, Promise.reject(new Error("no network")))).rejects.toThrow("no network");
  expect(await readUnattended(host)).toMatchObject({ outcome: "failed", error: "Error: no network" });
});

test("one line of it for people", () => {
  const at = "2026-11-25T04:12:00.000Z";
  expect(describeUnattended({ at, outcome: "none" })).toBe(
    "unattended upgrade, 2026-11-25 04:12 UTC: nothing newer",
  );
  expect(describeUnattended({ at, outcome: "failed", error: "no network" })).toMatch(/: no network$/);
});
