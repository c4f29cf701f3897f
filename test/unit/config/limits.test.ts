import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Config, Limits } from "../../../config/config.ts";
import {
  autoMemory,
  classLimits,
  classMemory,
  commonLimits,
  limitsOf,
  membershipsOf,
  reserveOf,
} from "../../../config/limits.ts";
import { loadConfig } from "../../../config/load.ts";

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

function configOf(text: string) {
  const { config, problems } = loadConfig(text);
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  return config;
}

describe("what is computed from the machine", () => {
  let limits: Config["limits"];
  beforeAll(() => {
    limits = configOf("").limits;
  });

  test.each([
    [512, 256, 64],
    [1024, 640, 192],
    [2048, 1664, 512],
    [4096, 3584, 512],
    [8192, 7168, 704],
    [16_384, 14_336, 1408],
    [262_144, 260_096, 25_984],
  ])("of %i MiB all servers together get %i, and each one %i", (machine, servers, each) => {
    expect(classMemory(limits, machine * MiB)).toBe(servers * MiB);
    expect(autoMemory(limits, machine * MiB)).toBe(each * MiB);
  });

  test("a reserve of one's own counts, up to half of the machine", () => {
    expect(reserveOf(configOf("limits: { reserve: 1G }").limits, 8 * GiB)).toBe(GiB);
    expect(classMemory(configOf("limits: { reserve: 1G }").limits, 8 * GiB)).toBe(7 * GiB);
    expect(reserveOf(configOf("limits: { reserve: 7G }").limits, 8 * GiB)).toBe(4 * GiB);
  });

  test("on any machine nobody can take it all, three can reach their limit, and the reserve stays", () => {
    fc.assert(
      fc.property(fc.integer({ min: 256, max: 4 * 1024 ** 2 }), (mebibytes) => {
        const machine = mebibytes * MiB;
        const all = classMemory(limits, machine);
        const one = autoMemory(limits, machine);
        expect(one).toBeGreaterThan(0);
        expect(one * 3).toBeLessThanOrEqual(all);
        expect(all + reserveOf(limits, machine)).toBeLessThanOrEqual(machine);
      }),
    );
  });
});

describe("which limit is whose, and why", () => {
  const text = `
users: { extra_user_groups: { ta: [Anna, ben], lab: [ben] } }
limits:
  memory: 1G
  cpu: 2
  groups:
    ta: { memory: 4G, tasks: null }
    lab: { memory: 2G, cpu: 4 }
  users:
    Ben: { tasks: 50 }
    carl: { memory: auto, cpu: null }
`;
  let config: Config;
  let memberships: Map<string, string[]>;
  beforeAll(() => {
    config = configOf(text);
    memberships = membershipsOf(config);
  });
  const of = (name: string) => limitsOf(config, 8 * GiB, { name, groups: memberships.get(name) ?? [] });

  test.each([
    ["dora", "memory", GiB, "limits.memory"],
    ["dora", "cpu", 2, "limits.cpu"],
    ["dora", "tasks", 1024, "limits.tasks"],
    ["anna", "memory", 4 * GiB, "limits.groups.ta.memory"],
    ["anna", "cpu", 2, "limits.cpu"],
    ["anna", "tasks", null, "limits.groups.ta.tasks"],
    // The more generous of two groups, the person's own before both.
    ["ben", "memory", 4 * GiB, "limits.groups.ta.memory"],
    ["ben", "cpu", 4, "limits.groups.lab.cpu"],
    ["ben", "tasks", 50, "limits.users.ben.tasks"],
    ["carl", "cpu", null, "limits.users.carl.cpu"],
  ] as [string, keyof Limits, number | null, string][])("%s, %s", (name, key, value, because) => {
    expect(of(name)[key]).toEqual({ value, key: because, computed: false });
  });

  test("auto is computed wherever it stands", () => {
    expect(of("carl").memory).toEqual({
      value: 704 * MiB,
      key: "limits.users.carl.memory",
      computed: true,
    });
    expect(commonLimits(configOf(""), 8 * GiB).memory).toEqual({
      value: 704 * MiB,
      key: "limits.memory",
      computed: true,
    });
  });

  test("only people with another limit than everybody's are listed", () => {
    expect([...classLimits(config, 8 * GiB, memberships).others.keys()].toSorted()).toEqual([
      "anna",
      "ben",
      "carl",
    ]);
    const same = configOf("limits: { memory: 1G, users: { anna: { memory: 1024M } } }");
    expect(classLimits(same, 8 * GiB, membershipsOf(same)).others.size).toBe(0);
  });

  test("a group without limits, and names like those of an object's own, change nothing", () => {
    const common = commonLimits(config, GiB);
    for (const group of ["choir", "__proto__", "constructor", "toString"])
      expect(limitsOf(config, GiB, { name: "x", groups: [group] })).toEqual(common);
    expect(limitsOf(config, GiB, { name: "constructor", groups: [] })).toEqual(common);
  });
});

test("null is no limit, as in TLJH; a key with nothing behind it is left out", () => {
  expect(configOf("limits: { memory: null, cpu: null, tasks: ~ }").limits).toMatchObject({
    memory: null,
    cpu: null,
    tasks: null,
  });
  expect(configOf("limits:\n  memory:\n  tasks:\n").limits).toMatchObject({ memory: "auto", tasks: 1024 });
});
