import { refOf, type ResourceRef, type Step } from "../resources/resource.ts";
import type { PlannedStep } from "./plan.ts";

export type UnorderedStep = Omit<Step, "number" | "needs">;

/**
 * Numbers steps so that each comes after what it needs. A thing is made after what it depends on and
 * removed before it: a service stops before its unit file goes, and starts after it came.
 * @throws TypeError where resources need each other in a circle (a defect of the desired state).
 */
export function orderSteps(
  steps: readonly UnorderedStep[],
  uses: ReadonlyMap<ResourceRef, readonly ResourceRef[]>,
): PlannedStep[] {
  const byRef = new Map(steps.map((step) => [refOf(step.kind, step.id), step]));
  const edges = new Map<ResourceRef, Set<ResourceRef>>([...byRef.keys()].map((ref) => [ref, new Set()]));
  const reach = new Map<ResourceRef, Set<ResourceRef>>();
  for (const [ref, step] of byRef) {
    for (const dependency of reachable(ref, uses, byRef, reach)) {
      if (step.after === undefined) edges.get(dependency)?.add(ref);
      else edges.get(ref)?.add(dependency);
    }
  }
  const order = sorted(edges);
  const numbers = new Map(order.map((ref, number) => [ref, number]));
  return order.map((ref, number) => {
    const step = byRef.get(ref);
    if (step === undefined) throw new TypeError(`no step for ${ref}`);
    const needs = [...(edges.get(ref) ?? [])]
      .map((needed) => numbers.get(needed) ?? 0)
      .toSorted((a, b) => a - b);
    return { number, ...step, needs, uses: [...(reach.get(ref) ?? [])].toSorted() };
  });
}

/** The nearest dependencies that have a step, looked for through those that have none. */
function reachable(
  ref: ResourceRef,
  uses: ReadonlyMap<ResourceRef, readonly ResourceRef[]>,
  steps: ReadonlyMap<ResourceRef, unknown>,
  known: Map<ResourceRef, Set<ResourceRef>>,
): Set<ResourceRef> {
  const found = known.get(ref);
  if (found !== undefined) return found;
  const result = new Set<ResourceRef>();
  known.set(ref, result);
  for (const used of uses.get(ref) ?? []) {
    if (steps.has(used)) result.add(used);
    else for (const further of reachable(used, uses, steps, known)) result.add(further);
  }
  return result;
}

/** Kahn's algorithm; among ready steps the order of the input holds, so a plan is always the same. */
function sorted(edges: ReadonlyMap<ResourceRef, ReadonlySet<ResourceRef>>): ResourceRef[] {
  const waitingFor = new Map([...edges].map(([ref, needed]) => [ref, needed.size]));
  const neededBy = new Map<ResourceRef, ResourceRef[]>();
  for (const [ref, needed] of edges) {
    for (const n of needed) neededBy.set(n, [...(neededBy.get(n) ?? []), ref]);
  }
  const order = [...edges.keys()].filter((ref) => waitingFor.get(ref) === 0);
  for (const ref of order) {
    for (const next of neededBy.get(ref) ?? []) {
      const left = (waitingFor.get(next) ?? 0) - 1;
      waitingFor.set(next, left);
      if (left === 0) order.push(next);
    }
  }
  if (order.length < edges.size) throw new TypeError("resources need each other in a circle");
  return order;
}
