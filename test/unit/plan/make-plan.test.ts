import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HostReader } from "../../../installer/host/host.ts";
import { makePlan } from "../../../installer/plan/make-plan.ts";
import { orderSteps } from "../../../installer/plan/order-steps.ts";
import { undoPlan } from "../../../installer/plan/undo-plan.ts";
import { hashOf } from "../../../installer/resources/hash.ts";
import type { Resource } from "../../../installer/resources/resource.ts";

import { FakeHost } from "../../fake-host.ts";

/** A machine with nothing on it but links. */
function machineWith(links: Record<string, string>): HostReader {
  return {
    stat: async (path: string) => (links[path] === undefined ? undefined : { kind: "link" }),
    readLink: async (path: string) => links[path],
  } as unknown as HostReader;
}

const linkTo = (target: string, adopted?: true): Resource => ({
  kind: "link",
  id: "/l",
  state: { target },
  needs: [],
  ...(adopted && { adopted }),
});

describe("three states: desired, actual, last written", () => {
  test.each([
    ["new", "a", undefined, undefined, [{ after: "a" }]],
    ["as it should be", "a", "a", "a", []],
    ["there before us, and right", "a", "a", undefined, []],
    ["wanted otherwise", "b", "a", "a", [{ before: "a", after: "b" }]],
    ["gone", "a", undefined, "a", [{ after: "a" }]],
    ["not wanted any more", undefined, "a", "a", [{ before: "a" }]],
    ["not wanted and gone", undefined, undefined, "a", []],
    ["nobody's business", undefined, "a", undefined, []],
  ] as const)("%s", async (_, want, is, last, steps) => {
    const plan = await makePlan(machineWith(is === undefined ? {} : { "/l": is }), {
      desired: want === undefined ? [] : [linkTo(want)],
      lastWritten: last === undefined ? [] : [linkTo(last)],
      drift: "keep",
    });
    const target = (state: unknown) => (state as { target: string } | undefined)?.target;
    expect(plan.steps.map(({ before, after }) => ({ before: target(before), after: target(after) }))).toEqual(
      steps.map((step) => ({ before: undefined, after: undefined, ...step })),
    );
  });

  test("what was adopted is never removed", async () => {
    const plan = await makePlan(machineWith({ "/l": "a" }), {
      desired: [],
      lastWritten: [linkTo("a", true)],
      drift: "take",
    });
    expect(plan.steps).toEqual([]);
  });
});

describe("what follows its needs", () => {
  const unit = (id: string, needs: string[] = []): Resource => ({
    kind: "systemd-unit",
    id,
    state: { sha256: hashOf("[Service]\n"), mode: "0644", owner: "root", group: "root" },
    needs,
  });
  const loaded = (...needs: string[]): Resource => ({
    kind: "units-loaded",
    id: "systemd",
    state: { fresh: true },
    needs: needs.map((id) => `systemd-unit:${id}`),
  });

  test("follows those too that go away: systemd forgets a drop-in that is removed", async () => {
    const machine = new FakeHost({
      "/etc/systemd/system/a.service": "[Service]\n",
      "/etc/systemd/system/a.service.d/60-admin.conf": "[Service]\n",
    });
    machine.programs["systemctl"] = () => "";
    const before = [unit("a.service"), unit("a.service.d/60-admin.conf")];
    const { steps } = await makePlan(machine, {
      desired: [unit("a.service"), loaded("a.service")],
      lastWritten: [...before, loaded("a.service", "a.service.d/60-admin.conf")],
      drift: "keep",
    });
    expect(steps.map(({ kind, id, needs }) => [kind, id, needs])).toEqual([
      ["systemd-unit", "a.service.d/60-admin.conf", []],
      ["units-loaded", "systemd", [0]],
    ]);
  });
});

test("a membership that was there before us is ours to end once it was asked for", async () => {
  const machine = new FakeHost({ "/etc/group": "choir:x:7:ada\n" });
  const membership = { kind: "membership", id: "choir:ada", state: { member: true }, needs: [] };
  const { steps } = await makePlan(machine, {
    desired: [],
    lastWritten: [{ ...membership, adopted: true as const }],
    drift: "keep",
  });
  expect(steps).toMatchObject([{ kind: "membership", before: { member: true } }]);
});

describe("the order of steps", () => {
  /** Steps that need earlier ones only, some of them removals. */
  const graphs = fc.array(
    fc.record({ uses: fc.array(fc.nat(19), { maxLength: 4 }), removal: fc.boolean() }),
    { maxLength: 20 },
  );

  test("makes a thing after what it needs and removes it before, both ways", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const id = (index: number) => `link:/${index}`;
        const uses = new Map(
          graph.map(({ uses: used }, index) => [
            id(index),
            index === 0 ? [] : used.map((n) => id(n % index)),
          ]),
        );
        const steps = graph.map(({ removal }, index) => ({
          kind: "link",
          id: `/${index}`,
          ...(removal ? { before: { target: "x" } } : { after: { target: "x" } }),
        }));
        const ordered = orderSteps(steps, uses);
        for (const plan of [ordered, undoPlan(ordered).steps]) {
          const place = new Map(plan.map((step) => [`link:${step.id}`, step.number]));
          expect(plan.map(({ number }) => number)).toEqual(plan.map((_, index) => index));
          for (const step of plan) {
            const removal = step.after === undefined;
            for (const used of uses.get(`link:${step.id}`) ?? []) {
              const [own, other] = [step.number, place.get(used) ?? -1];
              expect(removal ? other - own : own - other).toBeGreaterThan(0);
            }
            for (const needed of step.needs) expect(needed).toBeLessThan(step.number);
          }
        }
      }),
    );
  });
});
