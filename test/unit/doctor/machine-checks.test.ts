import { expect, test } from "vitest";
import type { Check, Subject } from "../../../installer/doctor/check.ts";
import { checks } from "../../../installer/doctor/checks.ts";
import { journalSize } from "../../../installer/doctor/checks/journal-size.ts";
import { limitsEnforced } from "../../../installer/doctor/checks/limits-enforced.ts";
import { memory } from "../../../installer/doctor/checks/memory.ts";
import { memoryKills } from "../../../installer/doctor/checks/memory-kills.ts";
import { pressure } from "../../../installer/doctor/checks/pressure.ts";
import { FakeHost, type Program } from "../../fake-host.ts";

/** What a container cannot be made to show; all else is broken for real in test/container/doctor.test.ts. */
async function examine(
  check: Check,
  files: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, Program>> = {},
): Promise<string[]> {
  const subject = { host: new FakeHost(files, programs) } as unknown as Subject;
  return (await check.examine(subject)).map(({ severity, message }) => `${severity}: ${message}`);
}

test("ids are words with hyphens, each once, and every check says what it looks at", () => {
  const ids = checks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThanOrEqual(40);
  expect(ids.filter((id) => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
});

test.each([
  ["MemTotal: 2000000 kB\nMemAvailable: 199999 kB\n", ["warning: 195 MiB of 1953 MiB memory are free."]],
  ["MemTotal: 2000000 kB\nMemAvailable: 200001 kB\n", []],
])("free memory: %j", async (meminfo, says) => {
  expect(await examine(memory, { "/proc/meminfo": meminfo })).toEqual(says);
});

test("pressure of the last minute, by what is waited for", async () => {
  const line = (avg60: string) =>
    `some avg10=90.00 avg60=${avg60} avg300=0.00 total=1\nfull avg10=0.00 avg60=99.00 avg300=0.00 total=1\n`;
  expect(
    await examine(pressure, {
      "/proc/pressure/cpu": line("29.99"),
      "/proc/pressure/memory": line("45.20"),
    }),
  ).toEqual(["warning: In 45 % of the last minute programs waited for memory."]);
});

test.each([
  [undefined, ["error: No memory or processor limit holds: this machine has no cgroup v2."]],
  ["cpuset cpu io memory pids\n", []],
  ["cpuset cpu io pids\n", ["error: The kernel enforces no limit of: memory."]],
])("cgroup controllers: %j", async (controllers, says) => {
  const files: Record<string, string> =
    controllers === undefined ? {} : { "/sys/fs/cgroup/cgroup.controllers": controllers };
  expect(await examine(limitsEnforced, files)).toEqual(says);
});

test("what the kernel ended for memory is named with its unit, and counted", async () => {
  const kill = (group: string) =>
    `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=${group},task_memcg=${group}/homeroom-user@alice.service,task=python,pid=812,uid=1001`;
  const slice = "/homeroom.slice/homeroom-users.slice/homeroom-users-alice.slice";
  const asked: string[][] = [];
  const said = await examine(
    memoryKills,
    {},
    {
      journalctl: (args) => {
        asked.push([...args]);
        return `${kill(slice)}\n${kill(slice)}\n`;
      },
    },
  );
  expect(said).toEqual([
    "warning: The kernel ended python of homeroom-user@alice.service for want of memory, 2 times in the last day.",
  ]);
  expect(asked).toEqual([
    ["--dmesg", "--quiet", "--no-pager", "--output=cat", "--since=-1d", "--grep=oom-kill:"],
  ]);
});

test.each([
  ["Archived and active journals take up 3.9G in the file system.", []],
  [
    "Archived and active journals take up 4.5G in the file system.",
    ["warning: The system's journal takes 4.5 GiB."],
  ],
  ["Archived and active journals take up 16.0M in the file system.", []],
])("the journal's size: %s", async (text, says) => {
  expect(await examine(journalSize, {}, { journalctl: () => text })).toEqual(says);
});
