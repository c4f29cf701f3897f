import { refOf, type Resource, type ResourceRef } from "../resources/resource.ts";

/**
 * What a generation's manifest says of each resource. What nobody of us ever wrote, since it was there
 * before and was right as it was, is adopted and never removed.
 * @param steps references of what this task (and interrupted ones before it) wrote
 * @param before the manifest of the generation before
 */
export function writtenResources(
  desired: readonly Resource[],
  steps: ReadonlySet<ResourceRef>,
  before: readonly Resource[],
): Resource[] {
  const known = new Map(before.map((resource) => [refOf(resource.kind, resource.id), resource]));
  return desired.map((resource) => {
    const ref = refOf(resource.kind, resource.id);
    const ours = steps.has(ref) || (known.has(ref) && known.get(ref)?.adopted !== true);
    return ours ? resource : { ...resource, adopted: true };
  });
}
