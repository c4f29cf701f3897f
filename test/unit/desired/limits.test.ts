import { describe, expect, test } from "vitest";
import type { DesiredState } from "../../../installer/desired/state-builder.ts";
import type { FileState } from "../../../installer/resources/file.ts";
import type { LoadedSlice } from "../../../installer/resources/user-slice.ts";
import { desiredFrom } from "./tree-release.ts";

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

const unit = (state: DesiredState, id: string): string => {
  const found = state.resources.find((each) => each.kind === "systemd-unit" && each.id === id);
  return state.contents.get((found?.state as FileState | undefined)?.sha256 ?? "") ?? "";
};
const resource = (state: DesiredState, kind: string, id: string) =>
  state.resources.find((each) => each.kind === kind && each.id === id);
const running = (slice: string, memory: number | null, inUse = 0): LoadedSlice => ({
  slice,
  limits: { memory, cpu: null, tasks: 1024 },
  inUse,
});

describe("for the future", () => {
  test("people with limits of their own have a drop-in, and everybody else the common one", () => {
    const state = desiredFrom(`
users: { extra_user_groups: { ta: [anna-lena] } }
limits: { memory: 1G, cpu: 1.5, tasks: 500, groups: { ta: { memory: 4G } }, users: { bob: { cpu: null } } }
`);
    const common = unit(state, "homeroom-users-.slice.d/50-homeroom-limits.conf");
    expect(common).toContain(`MemoryMax=${GiB}\nMemorySwapMax=0\nCPUQuota=150%\nTasksMax=500\n`);
    const ta = unit(state, String.raw`homeroom-users-anna\x2dlena.slice.d/60-homeroom-user.conf`);
    expect(ta).toContain(`MemoryMax=${4 * GiB}\nMemorySwapMax=0\nCPUQuota=150%\nTasksMax=500\n`);
    const bob = unit(state, "homeroom-users-bob.slice.d/60-homeroom-user.conf");
    expect(bob).toContain(`MemoryMax=${GiB}\nMemorySwapMax=0\nCPUQuota=\nTasksMax=500\n`);
    const own = state.resources.filter(({ id }) => id.endsWith("60-homeroom-user.conf")).map(({ id }) => id);
    expect(own).toHaveLength(3);
  });

  test("the canary has what one server needs, and no more than anybody else", () => {
    const canary = String.raw`homeroom-users-homeroom\x2dcanary.slice.d/60-homeroom-user.conf`;
    const limits = (config: string) => unit(desiredFrom(config), canary);
    expect(limits("limits: { memory: 8G }")).toContain(
      `MemoryMax=${400 * 1024 ** 2}\nMemorySwapMax=0\nCPUQuota=100%\nTasksMax=128\n`,
    );
    expect(limits("limits: { memory: 256M, cpu: 0.5, tasks: 99 }")).toContain(
      `MemoryMax=${256 * 1024 ** 2}\nMemorySwapMax=0\nCPUQuota=50%\nTasksMax=99\n`,
    );
  });

  test("no reload of systemd follows a limit", () => {
    const needs = desiredFrom("limits: { users: { bob: { memory: 2G } } }").resources.find(
      ({ kind }) => kind === "units-loaded",
    )?.needs;
    expect(needs?.length).toBeGreaterThan(10);
    expect(needs?.filter((need) => need.includes("homeroom-users-"))).toEqual([]);
  });

  test("no limit, and the least that systemd knows", () => {
    const none = unit(
      desiredFrom("limits: { memory: null, cpu: 0.001, tasks: null }"),
      "homeroom-users-.slice.d/50-homeroom-limits.conf",
    );
    expect(none).toContain("MemoryMax=infinity\nMemorySwapMax=0\nCPUQuota=1%\nTasksMax=infinity\n");
  });
});

describe("for now", () => {
  const text = "limits: { memory: 1G, cpu: 2, users: { bob: { memory: 2G, tasks: 99 } } }";
  const slices = [running("homeroom-users-alice.slice", 3 * GiB), running("homeroom-users-bob.slice", null)];

  test("each loaded slice gets its person's limits, after the drop-in that says the same", () => {
    const state = desiredFrom(text, { slices });
    expect(resource(state, "user-slice", "homeroom-users-alice.slice")).toMatchObject({
      state: { memory: GiB, cpu: 200, tasks: 1024 },
      needs: ["systemd-unit:homeroom-users-.slice.d/50-homeroom-limits.conf"],
    });
    expect(resource(state, "user-slice", "homeroom-users-bob.slice")).toMatchObject({
      state: { memory: 2 * GiB, cpu: 200, tasks: 99 },
      needs: ["systemd-unit:homeroom-users-bob.slice.d/60-homeroom-user.conf"],
    });
  });

  test.each([
    ["less than in use: held back", GiB + 1, false, 3 * GiB, { until: 3 * GiB, next: GiB }],
    ["less than in use, forced", GiB + 1, true, GiB, undefined],
    ["less, but more than in use", 100 * MiB, false, GiB, undefined],
  ])("%s", (_, inUse, force, memory, held) => {
    const alice = running("homeroom-users-alice.slice", 3 * GiB, inUse);
    const state = desiredFrom(text, { slices: [alice], force });
    expect(resource(state, "user-slice", alice.slice)?.state).toMatchObject({ memory });
    expect(resource(state, "held-limit", alice.slice)?.state).toEqual(held);
  });

  test("more than before is never held back, nor is what is over its limit already", () => {
    for (const now of [512 * MiB, GiB]) {
      const state = desiredFrom(text, { slices: [running("homeroom-users-alice.slice", now, 2 * GiB)] });
      expect(resource(state, "held-limit", "homeroom-users-alice.slice")).toBeUndefined();
    }
  });

  test("where there was no limit, a first one below what is in use waits too", () => {
    const state = desiredFrom(text, { slices: [running("homeroom-users-alice.slice", null, 2 * GiB)] });
    expect(resource(state, "held-limit", "homeroom-users-alice.slice")?.state).toEqual({
      until: null,
      next: GiB,
    });
    expect(resource(state, "user-slice", "homeroom-users-alice.slice")?.state).toMatchObject({
      memory: null,
    });
  });
});
