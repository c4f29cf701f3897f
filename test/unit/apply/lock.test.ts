import { expect, test } from "vitest";
import { lockMachine } from "../../../installer/apply/lock.ts";
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

test.each([
  ["is gone", {}],
  ["is gone and another process has its number", { 4711: "6" }],
])("the lock of a holder that %s is taken over", async (_, others) => {
  const machine = makeMachine(others);
  machine.put(lock, heldBy(4711, "5"));
  await using _lock = await lockMachine(machine, { command: "apply", who: "ada" });
  expect(machine.text(lock)).toContain('"who":"ada"');
});
