import type { Drift } from "../plan/plan.ts";
import { refOf, type Resource, type ResourceRef } from "../resources/resource.ts";

/**
 * What a generation's manifest says of each resource. What nobody of us ever wrote, since it was there
 * before and was right as it was, is adopted and never removed. What was there before and was kept although it
 * is not right stays somebody else's: it is not in the manifest.
 * @param steps references of what this task (and interrupted ones before it) wrote
 * @param before the manifest of the generation before
 * @param drift what the plan found changed or foreign
 */
export function writtenResources(
  desired: readonly Resource[],
  steps: ReadonlySet<ResourceRef>,
  before: readonly Resource[],
  drift: readonly Drift[],
): Resource[] {
  const foreign = new Set(
    drift.filter(({ how }) => how === "foreign").map(({ kind, id }) => refOf(kind, id)),
  );
  const known = new Map(before.map((resource) => [refOf(resource.kind, resource.id), resource]));
  return desired.flatMap((resource) => {
    const ref = refOf(resource.kind, resource.id);
    if (foreign.has(ref) && !steps.has(ref)) return [];
    const ours = steps.has(ref) || (known.has(ref) && known.get(ref)?.adopted !== true);
    return [ours ? resource : { ...resource, adopted: true as const }];
  });
}
