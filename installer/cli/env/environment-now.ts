import { environmentLink } from "../../desired/python.ts";
import type { Release } from "../../desired/release.ts";
import type { EnvironmentInUse } from "../../desired/shared-environment.ts";
import { HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { pythonEnvironment } from "../../resources/python-environment.ts";
import { takeSnapshot, type Snapshot } from "../../resources/snapshots.ts";
import { readRelease } from "../read-release.ts";

export type EnvironmentNow = EnvironmentInUse & { snapshot: Snapshot; release: Release };

/**
 * The shared environment as it is at this moment: a snapshot is taken where anything has changed.
 * @throws HomeroomError where there is none
 */
export async function environmentNow(host: Host): Promise<EnvironmentNow> {
  const path = await host.readLink(environmentLink);
  const state = path === undefined ? undefined : await pythonEnvironment.read(host, path);
  const release = await readRelease();
  const snapshot =
    state &&
    (await takeSnapshot(host, { release: release.folder, environment: environmentLink, uv: state.uv }));
  if (path === undefined || state === undefined || snapshot === undefined) {
    throw new HomeroomError("There is no shared environment on this machine, or it is not whole.", {
      remedy: "Type: sudo homeroom env repair (or, where nothing was ever installed: sudo homeroom install)",
    });
  }
  return { path, state, snapshot, release };
}
