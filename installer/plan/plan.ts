import type { ResourceRef, Step } from "../resources/resource.ts";

/** A step with what it takes to order it again the other way round. */
export interface PlannedStep extends Step {
  /** Every resource of the same plan that this one depends on. */
  uses: ResourceRef[];
}

/** Something of ours that was changed by somebody else: asked about, never silently overwritten. */
export interface Drift {
  kind: string;
  id: string;
  /** "changed": it differs from what we wrote; "foreign": it was there before us. */
  how: "changed" | "foreign";
}

/** Ordered changes from the actual state to the desired one, as data: printed, stored and read again. */
export interface Plan {
  version: 1;
  steps: PlannedStep[];
  drift: Drift[];
}
