import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HostReader } from "../../../installer/host/host.ts";
import { makePlan } from "../../../installer/plan/make-plan.ts";
import { orderSteps } from "../../../installer/plan/order-steps.ts";
import { undoPlan } from "../../../installer/plan/undo-plan.ts";
import type { Resource } from "../../../installer/resources/resource.ts";

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
