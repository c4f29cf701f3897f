import { beforeEach, describe, expect, test } from "vitest";
import { heldLimit } from "../../../installer/resources/held-limit.ts";
import { unitsLoaded } from "../../../installer/resources/units-loaded.ts";
import { memoryKills, readLoadedSlices, userSlice } from "../../../installer/resources/user-slice.ts";
import { FakeHost } from "../../fake-host.ts";

const progress = { report: () => undefined, signal: new AbortController().signal };
const alice = "homeroom-users-alice.slice";
const folder = `/sys/fs/cgroup/homeroom.slice/homeroom-users.slice/${alice}`;

let machine: FakeHost;
let shown: Record<string, Record<string, string>>;
beforeEach(() => {
  shown = {};
  machine = new FakeHost(
    {},
    {
      systemctl: ([verb]) =>
        verb === "show"
          ? Object.entries(shown)
              .map(([unit, properties]) =>
                [`Id=${unit}`, ...Object.entries(properties).map(([key, value]) => `${key}=${value}`)].join(
                  "\n",
                ),
              )
              .join("\n\n")
          : "",
    },
  );
});

describe("a loaded slice", () => {
  test.each([
    ["1073741824", "1.500000s", "1024", { memory: 1_073_741_824, cpu: 150, tasks: 1024 }],
    ["infinity", "infinity", "infinity", { memory: null, cpu: null, tasks: null }],
    ["1", "10ms", "16", { memory: 1, cpu: 1, tasks: 16 }],
    ["1", "1min 4s", "16", { memory: 1, cpu: 6400, tasks: 16 }],
    ["1", "1s 10ms", "16", { memory: 1, cpu: 101, tasks: 16 }],
  ])("is read as systemd shows it: %s, %s, %s", async (MemoryMax, CPUQuotaPerSecUSec, TasksMax, limits) => {
    shown[alice] = { MemoryMax, CPUQuotaPerSecUSec, TasksMax };
    expect(await userSlice.read(machine, alice)).toEqual(limits);
  });

  test("gets all three at once, until the machine restarts", async () => {
    await userSlice.write(machine, alice, { memory: 1024, cpu: 150, tasks: 99 }, progress);
    await userSlice.write(machine, alice, { memory: null, cpu: null, tasks: null }, progress);
    const argv = ["systemctl", "set-property", "--runtime", "--", alice];
    expect(machine.ran).toEqual([
      [...argv, "MemoryMax=1024", "CPUQuota=150%", "TasksMax=99"],
      [...argv, "MemoryMax=infinity", "CPUQuota=", "TasksMax=infinity"],
    ]);
  });

  test("is never unset: what is gone has no limits to set", async () => {
    await userSlice.write(machine, alice, undefined, progress);
    expect(machine.ran).toEqual([]);
  });
});

describe("what a class uses", () => {
  test("is what cannot be had back without ending a program", async () => {
    shown[alice] = { LoadState: "loaded", MemoryMax: "1000", MemoryCurrent: "900000000", TasksMax: "5" };
    machine.put(`${folder}/memory.current`, "900000000\n");
    machine.put(
      `${folder}/memory.stat`,
      "anon 500000000\nfile 300000000\nactive_file 100000000\ninactive_file 150000000\nslab_reclaimable 50000000\n",
    );
    expect(await readLoadedSlices(machine)).toEqual([
      { slice: alice, limits: { memory: 1000, cpu: null, tasks: 5 }, inUse: 600_000_000 },
    ]);
  });

  test("is nothing where nothing counts it, and takes no look where it is little", async () => {
    shown[alice] = { LoadState: "loaded", MemoryMax: "1000", MemoryCurrent: "[not set]" };
    shown["homeroom-users-bob.slice"] = { LoadState: "loaded", MemoryCurrent: "1000" };
    shown["homeroom-users-gone.slice"] = { LoadState: "not-found" };
    const slices = await readLoadedSlices(machine);
    expect(slices.map(({ slice, inUse }) => [slice, inUse])).toEqual([
      [alice, 0],
      ["homeroom-users-bob.slice", 0],
    ]);
    expect(machine.reads).toEqual([]);
    expect(machine.queried).toHaveLength(1);
  });
});

describe("programs that were ended for memory", () => {
  test("are counted where the limit is", async () => {
    machine.put(`${folder}/memory.events`, "low 0\nhigh 0\nmax 9\noom 4\noom_kill 3\noom_group_kill 0\n");
    expect(await memoryKills(machine, alice)).toBe(3);
    expect(await memoryKills(machine, "homeroom-users-gone.slice")).toBeUndefined();
  });
});

describe("a limit that waits", () => {
  const path = `/run/systemd/system/${alice}.d/70-homeroom-until-next-start.conf`;
  beforeEach(() => machine.putDirectory("/run/systemd/system"));

  test.each([
    [{ until: 2048, next: 1024 }, "[Slice]\nMemoryMax=2048\nX-Next=1024\n"],
    [{ until: null, next: 1024 }, "[Slice]\nMemoryMax=infinity\nX-Next=1024\n"],
  ])("is a drop-in that keeps the old one: %j", async (state, text) => {
    await heldLimit.write(machine, alice, state, progress);
    expect((await machine.read(path))?.toString()).toBe(text);
    expect(await heldLimit.read(machine, alice)).toEqual(state);
  });

  test("is gone once a start has set it", async () => {
    await heldLimit.write(machine, alice, { until: 2048, next: 1024 }, progress);
    await heldLimit.write(machine, alice, undefined, progress);
    expect(await heldLimit.read(machine, alice)).toBeUndefined();
    expect(machine.ran).toEqual([]);
  });
});

test("a person's slice that differs from its drop-in asks for no reload of systemd", async () => {
  shown[alice] = { NeedDaemonReload: "yes" };
  expect(await unitsLoaded.read(machine, "systemd")).toEqual({ fresh: true });
  shown["homeroom-users.slice"] = { NeedDaemonReload: "yes" };
  expect(await unitsLoaded.read(machine, "systemd")).toEqual({ fresh: false });
});
