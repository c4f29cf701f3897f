import { beforeEach, describe, expect, test } from "vitest";
import {
  commitGeneration,
  currentGeneration,
  listGenerations,
  readGeneration,
  readGenerationConfig,
  readGenerationRoster,
  type Generation,
} from "../../../installer/generations/generations.ts";
import { writtenResources } from "../../../installer/generations/written-resources.ts";
import type { Resource } from "../../../installer/resources/resource.ts";
import { FakeHost } from "../../fake-host.ts";

const folder = "/var/lib/homeroom/generations";
let machine: FakeHost;
beforeEach(() => {
  machine = new FakeHost();
  machine.putDirectory("/var/lib/homeroom");
});

const empty = { config: "", roster: undefined };

function generation(number: number): Generation {
  const resources = [{ kind: "link", id: "/l", state: { target: "x" }, needs: [] }];
  const created = "2026-11-22T09:30:00.000Z";
  return {
    version: 1,
    number,
    created,
    release: "1.0.0",
    task: `t${number}`,
    who: "ada",
    config: "00",
    resources,
  };
}

describe("a generation", () => {
  test("is in use once it is committed, with the config as it was written", async () => {
    expect(await currentGeneration(machine)).toBeUndefined();
    expect(await listGenerations(machine)).toEqual([]);
    await commitGeneration(machine, generation(1), {
      config: "# mine\nusers: {}\n",
      roster: "username\nbob\n",
    });
    await commitGeneration(machine, generation(2), empty);
    expect(await currentGeneration(machine)).toEqual(generation(2));
    expect(await readGeneration(machine, 1)).toEqual(generation(1));
    expect(await readGenerationConfig(machine, 1)).toBe("# mine\nusers: {}\n");
    expect(await readGenerationRoster(machine, 1)).toBe("username\nbob\n");
    expect(await readGenerationRoster(machine, 2)).toBeUndefined();
    expect(await readGeneration(machine, 3)).toBeUndefined();
    expect(await readGenerationConfig(machine, 3)).toBeUndefined();
    expect(await listGenerations(machine)).toEqual([1, 2]);
  });

  test("is for root alone, as a config may hold secrets; which there are everybody may know", async () => {
    await commitGeneration(machine, generation(1), empty);
    const modes = machine.manifest().filter((line) => line.startsWith(folder));
    expect(modes.map((line) => line.split(" ").slice(1, 3).join(" "))).toEqual([
      "directory 755",
      "directory 700",
      "file 600",
      "file 600",
      "link 777",
    ]);
  });

  test("has the pointer moved last: whatever fails before leaves the old one in use", async () => {
    await commitGeneration(machine, generation(1), empty);
    const left: (number | undefined)[] = [];
    for (let at = 0; ; at += 1) {
      machine.inject({ at, kind: "fail", when: "before" });
      await commitGeneration(machine, generation(2), empty).catch(() => undefined);
      const { struck } = machine;
      machine.inject(undefined);
      const number = (await currentGeneration(machine))?.number;
      if (!struck) break;
      left.push(number);
    }
    expect(left).toEqual([1, 1, 1, 1, 1]);
    expect((await currentGeneration(machine))?.number).toBe(2);
  });

  test("whose pointer has moved is committed, whatever came after", async () => {
    machine.inject({ at: 4, kind: "fail", when: "after" });
    await commitGeneration(machine, generation(1), empty);
    expect((await currentGeneration(machine))?.number).toBe(1);
  });
});

describe("what a manifest says of a resource", () => {
  const link = (id: string, adopted?: true): Resource => ({
    kind: "link",
    id,
    state: { target: "x" },
    needs: [],
    ...(adopted && { adopted }),
  });

  test.each([
    ["written by this task", true, undefined, false],
    ["there before us, and right", false, undefined, true],
    ["ours before", false, link("/l"), false],
    ["adopted before", false, link("/l", true), true],
    ["adopted before, written now", true, link("/l", true), false],
  ])("%s", (_, stepped, before, adopted) => {
    const steps = new Set(stepped ? ["link:/l"] : []);
    const [written] = writtenResources([link("/l")], steps, before === undefined ? [] : [before], []);
    expect(written?.adopted === true).toBe(adopted);
  });

  test("what was there before us and was kept as it is stays somebody else's", () => {
    const drift = [{ kind: "link", id: "/l", how: "foreign" as const }];
    expect(writtenResources([link("/l")], new Set(), [], drift)).toEqual([]);
    expect(writtenResources([link("/l")], new Set(["link:/l"]), [], drift)).toEqual([link("/l")]);
  });

  test("what is not wanted any more is not in it", () => {
    expect(writtenResources([], new Set(), [link("/l")], [])).toEqual([]);
  });
});
