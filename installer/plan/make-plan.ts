import { isDeepStrictEqual } from "node:util";
import type { HostReader } from "../host/host.ts";
import { isAsWanted, kindOf } from "../resources/kinds.ts";
import { refOf, type Resource, type ResourceRef } from "../resources/resource.ts";
import { isSomethingElse } from "../resources/something-else.ts";
import { orderSteps, type UnorderedStep } from "./order-steps.ts";
import type { Drift, Plan } from "./plan.ts";

export interface PlanInputs {
  desired: readonly Resource[];
  /** What the last generation (and any interrupted task since) wrote: it proves what is ours. */
  lastWritten: readonly Resource[];
  /** What to do about drift: leave it, or make it ours again. */
  drift: "keep" | "take";
  /** Everything of ours goes for good, also what a plan leaves for later generations (an uninstall). */
  removal?: boolean;
}

/**
 * Compares three states (desired, actual, last written) and makes a step of each difference. Reads the
 * machine and changes nothing.
 */
export async function makePlan(
  host: HostReader,
  { desired, lastWritten, drift, removal = false }: PlanInputs,
): Promise<Plan> {
  const wanted = byRef(desired);
  const written = byRef(lastWritten);
  const refs = [...new Set([...wanted.keys(), ...written.keys()])];
  const actual = await readAll(host, [...new Map([...written, ...wanted]).values()]);
  const steps: UnorderedStep[] = [];
  const drifted: Drift[] = [];
  for (const ref of refs) {
    const want = wanted.get(ref);
    const last = written.get(ref);
    const resource = want ?? last;
    if (resource === undefined) continue;
    const is = actual.get(ref);
    if (isAsWanted(resource.kind, is, want?.state) || kindOf(resource.kind).followsNeeds === true) continue;
    if (want === undefined && !isOursToRemove(resource, removal)) continue;
    const how = driftOf(resource.kind, is, last?.state, want?.state);
    if (how !== undefined) drifted.push({ kind: resource.kind, id: resource.id, how });
    if (how !== undefined && drift === "keep") continue;
    steps.push({
      kind: resource.kind,
      id: resource.id,
      ...(is === undefined ? {} : { before: is }),
      ...(want === undefined ? {} : { after: want.state }),
    });
  }
  const uses = new Map(refs.map((ref) => [ref, needsOf(wanted.get(ref), written.get(ref))]));
  steps.push(...followers(desired, actual, steps, uses));
  return { version: 1, steps: orderSteps(steps, uses), drift: drifted };
}

/**
 * Steps of what has to be written again after what it needs (systemd's reload), or is not right by itself.
 * There is nothing older to go back to: taken back, it is written once more after what it needs.
 */
function followers(
  desired: readonly Resource[],
  actual: ReadonlyMap<ResourceRef, unknown>,
  steps: readonly UnorderedStep[],
  uses: ReadonlyMap<ResourceRef, readonly ResourceRef[]>,
): UnorderedStep[] {
  const changed = new Set(steps.map(({ kind, id }) => refOf(kind, id)));
  return desired
    .filter(({ kind }) => kindOf(kind).followsNeeds === true)
    .filter(
      ({ kind, id, state }) =>
        uses.get(refOf(kind, id))?.some((need) => changed.has(need)) ||
        !isDeepStrictEqual(actual.get(refOf(kind, id)), state),
    )
    .map(({ kind, id, state }) => ({ kind, id, before: state, after: state }));
}

/** What follows its needs follows those too that it had and that go away: a drop-in that is removed. */
function needsOf(want: Resource | undefined, last: Resource | undefined): readonly ResourceRef[] {
  if (want === undefined || last === undefined) return (want ?? last)?.needs ?? [];
  return kindOf(want.kind).followsNeeds === true ? [...new Set([...want.needs, ...last.needs])] : want.needs;
}

/** What is there of every resource, each kind asked once. */
async function readAll(host: HostReader, resources: readonly Resource[]): Promise<Map<ResourceRef, unknown>> {
  const found = new Map<ResourceRef, unknown>();
  const groups = Map.groupBy(resources, ({ kind }) => kind);
  await Promise.all(
    [...groups].map(async ([name, members]) => {
      const kind = kindOf(name);
      const ids = members.map(({ id }) => id);
      const many = await kind.readMany?.(host, ids);
      await Promise.all(
        ids.map(async (id) => {
          const state = many === undefined ? await kind.read(host, id) : many.get(id);
          if (state !== undefined) found.set(refOf(name, id), state);
        }),
      );
    }),
  );
  return found;
}

/**
 * What was there before us is not, nor is what earlier generations may still need and nobody else uses
 * (an environment).
 */
function isOursToRemove({ kind, adopted }: Resource, removal: boolean): boolean {
  const { inert, alwaysOurs } = kindOf(kind);
  return (removal || inert !== true) && (adopted !== true || alwaysOurs === true);
}

/**
 * Only what people edit can drift, and what has something else in its place; a service that runs with other inputs
 * is simply restarted.
 */
function driftOf(kind: string, is: unknown, last: unknown, want: unknown): Drift["how"] | undefined {
  if (is === undefined || (kindOf(kind).editedByHand !== true && !isSomethingElse(is))) return undefined;
  if (last === undefined) return want === undefined ? undefined : "foreign";
  return isDeepStrictEqual(is, last) ? undefined : "changed";
}

function byRef(resources: readonly Resource[]): Map<ResourceRef, Resource> {
  return new Map(resources.map((resource) => [refOf(resource.kind, resource.id), resource]));
}
