import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { giveNotice } from "../../../installer/cli/users/notices.ts";
import { FakeHost } from "../../fake-host.ts";

const path = "/var/lib/homeroom/compiled/notices.json";
let machine: FakeHost;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-01-31T00:00:00Z") });
  machine = new FakeHost({
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\n",
    "/etc/group": "root:x:0:\nhomeroom-hub:x:900:\n",
  });
  machine.putDirectory("/var/lib/homeroom/compiled");
});
afterEach(() => {
  vi.useRealTimers();
});

const notices = () => JSON.parse(machine.text(path) ?? "") as Record<string, { at: string; forget?: true }>;

test("each notice has a moment of its own, later than every one before, whatever the clock does", async () => {
  await giveNotice(machine, ["ada", "bob"]);
  vi.setSystemTime(new Date("2026-01-30T00:00:00Z"));
  await giveNotice(machine, ["eve"], { forget: true });
  const { ada, bob, eve } = notices();
  expect([ada?.at, bob?.at, eve?.at]).toEqual(
    [ada?.at, bob?.at, eve?.at].toSorted((one, other) => ((one ?? "") < (other ?? "") ? -1 : 1)),
  );
  expect(new Set([ada?.at, bob?.at, eve?.at]).size).toBe(3);
  expect([ada?.forget, eve?.forget]).toEqual([undefined, true]);
});

test("the hub may read them and nobody else; those of a month ago are gone", async () => {
  await giveNotice(machine, ["ada"]);
  vi.setSystemTime(new Date("2026-03-15T00:00:00Z"));
  await giveNotice(machine, ["bob"]);
  expect(Object.keys(notices())).toEqual(["bob"]);
  expect(await machine.stat(path)).toMatchObject({ mode: 0o640, uid: 0, gid: 900 });
});
