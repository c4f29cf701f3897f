import { environmentLink } from "../desired/python.ts";
import type { Host } from "../host/host.ts";
import { takeSnapshot } from "../resources/snapshots.ts";
import { narrate } from "./context.ts";
import type { Situation } from "./situation.ts";

/** Whoever builds another environment goes on from the one in use as it is at this moment. */
export async function takeSnapshotBefore(host: Host, situation: Situation): Promise<void> {
  if (situation.generation === undefined || !buildsEnvironment(situation)) return;
  await take(host, situation);
}

/** The history says who built it by which command. The first one comes later: an install does not wait for it. */
export async function takeSnapshotAfter(
  host: Host,
  situation: Situation,
  who: string,
  what: string,
): Promise<void> {
  if (situation.generation === undefined || !buildsEnvironment(situation)) return;
  await take(host, situation, { who, what });
}

function buildsEnvironment({ plan }: Situation): boolean {
  return plan.steps.some(
    ({ kind, id }) => kind === "python-environment" && id.startsWith("/opt/homeroom/environments/"),
  );
}

async function take(
  host: Host,
  { release, desired }: Situation,
  words: { who?: string; what?: string } = {},
): Promise<void> {
  const uv = desired.resources.find(({ kind }) => kind === "wheel-program")?.id ?? "uv";
  try {
    await takeSnapshot(host, { release: release.folder, environment: environmentLink, uv, ...words });
  } catch (error) {
    narrate(`No snapshot of the shared environment could be taken: ${String(error)}`);
  }
}
