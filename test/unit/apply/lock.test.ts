import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockMachine } from "../../../installer/apply/lock.ts";
import type { Host } from "../../../installer/host/host.ts";
import { createHost } from "../../../installer/host/local-host.ts";
import { FakeHost } from "../../fake-host.ts";

const lock = "/run/homeroom/lock";

/** A machine on which this process and perhaps another one run: proc(5) stat, field 22 is the start time. */
function makeMachine(others: Record<number, string> = {}): FakeHost {
  const stat = (pid: number, startedAt: string) => `${pid} (a) b) S${" 0".repeat(18)} ${startedAt} 0 0\n`;
  const machine = new FakeHost({ [`/proc/${process.pid}/stat`]: stat(process.pid, "77"), "/run/x": "" });
  for (const [pid, startedAt] of Object.entries(others)) {
    machine.put(`/proc/${pid}/stat`, stat(Number(pid), startedAt));
  }
  return machine;
}

function heldBy(pid: number, startedAt: string): string {
  const since = "2026-11-22T09:30:00.000Z";
  return JSON.stringify({ pid, startedAt, command: "install", who: "bob", terminal: "/dev/pts/3", since });
}

test("the lock is there while it is held, says who holds it, and then is gone", async () => {
  const machine = makeMachine();
  machine.putLink(`/proc/${process.pid}/fd/0`, "/dev/pts/7");
  {
    await using _lock = await lockMachine(machine, { command: "apply", who: "ada" });
    expect(JSON.parse(machine.text(lock) ?? "")).toMatchObject({
      pid: process.pid,
      startedAt: "77",
      command: "apply",
      who: "ada",
      terminal: "/dev/pts/7",
    });
  }
  expect(machine.text(lock)).toBeUndefined();
});

test("a holder that is at work keeps everybody else out, and is named", async () => {
  const machine = makeMachine({ 4711: "5" });
  machine.put(lock, heldBy(4711, "5"));
  await expect(lockMachine(machine, { command: "apply", who: "ada" })).rejects.toMatchObject({
    exitCode: 75,
    message:
      "`homeroom install` of bob is at work since 2026-11-22T09:30:00.000Z (process 4711, /dev/pts/3).",
  });
  expect(machine.text(lock)).toBe(heldBy(4711, "5"));
});

/** A real directory, with the lock of a process that is gone. */
function makeRoot(): { root: string; host: Host; lock: string } & Disposable {
  const root = mkdtempSync(join(tmpdir(), "homeroom-lock-"));
  mkdirSync(join(root, "run/homeroom"), { recursive: true });
  const lock = join(root, "run/homeroom/lock");
  writeFileSync(lock, heldBy(4_194_305, "5"));
  return {
    root,
    host: createHost({ root }),
    lock,
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}

test("the lock of a holder that is gone is taken over", async () => {
  using place = makeRoot();
  await using _lock = await lockMachine(place.host, { command: "apply", who: "ada" });
  expect(readFileSync(place.lock, "utf8")).toContain('"who":"ada"');
});

test("a number that another process has by now is no holder", async () => {
  using place = makeRoot();
  writeFileSync(place.lock, heldBy(process.pid, "5"));
  await using _lock = await lockMachine(place.host, { command: "apply", who: "ada" });
  expect(readFileSync(place.lock, "utf8")).toContain('"who":"ada"');
});

test("who found it stale does not remove the lock that another has made since", async () => {
  using place = makeRoot();
  const { host } = place;
  const made: AsyncDisposable[] = [];
  const overtaken = async () => {
    if (made.length === 0) made.push(await lockMachine(host, { command: "apply", who: "ada" }));
  };
  const late: Host = {
    ...host,
    async remove(path) {
      await overtaken();
      await host.remove(path);
    },
    async run(argv, options) {
      await overtaken();
      return host.run(argv, options);
    },
  };
  await expect(lockMachine(late, { command: "install", who: "eve" })).rejects.toMatchObject({
    message: expect.stringContaining("`homeroom apply` of ada is at work") as string,
  });
  expect(readFileSync(place.lock, "utf8")).toContain('"who":"ada"');
  expect(made).toHaveLength(1);
});
