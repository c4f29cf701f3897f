import type { ResourceRef } from "../resources/resource.ts";
import { refOf } from "../resources/resource.ts";
import { kindOf } from "../resources/kinds.ts";
import { orderSteps } from "./order-steps.ts";
import type { Plan, PlannedStep } from "./plan.ts";

/**
 * The plan that takes steps back: each resource to its state before, in the order that this direction
 * needs. What nobody uses until something points there (environments, packages) stays.
 */
export function undoPlan(steps: readonly PlannedStep[]): Plan {
  const taken = steps.filter((step) => kindOf(step.kind).inert !== true);
  // The order also holds through what stays.
  const uses = new Map<ResourceRef, ResourceRef[]>(
    steps.map((step) => [refOf(step.kind, step.id), step.uses]),
  );
  const back = taken.map(({ kind, id, before, after }) => ({
    kind,
    id,
    ...(after === undefined ? {} : { before: after }),
    ...(before === undefined ? {} : { after: before }),
  }));
  return { version: 1, steps: orderSteps(back, uses), drift: [] };
}
