import type { Config } from "../../../config/config.ts";
import { sharedEnvironment } from "../../desired/shared-environment.ts";
import type { Host } from "../../host/host.ts";
import { keepResolution, resolvePackages } from "../../resources/resolve-packages.ts";
import { builder } from "./builder.ts";
import { sourcesFolder, type FolderPart } from "../../resources/folder-part.ts";
import type { Snapshot } from "../../resources/snapshots.ts";
import { lockedVersions } from "./package-changes.ts";
import { whoAsks } from "../../resources/who-asks.ts";
import type { EnvironmentNow } from "./environment-now.ts";

/** Versions by name once a lock is built: what no index gives is laid over it, but for a folder's own packages. */
export function versionsAfter({ packages }: Snapshot, lock: string): Map<string, string> {
  const own = `file://${sourcesFolder}/`;
  const kept = packages.filter(({ copied, direct = "" }) => copied === true && !direct.startsWith(own));
  return new Map([...kept.map((each) => [each.name, each.version] as const), ...lockedVersions(lock)]);
}

/**
 * The lock that a config would come to, without changing anything; kept, so that what is shown is what is built.
 * @throws HomeroomError that says what cannot be had or does not go together
 */
export async function previewEnvironment(
  host: Host,
  config: Config,
  now: EnvironmentNow,
  { without = [], folder }: { without?: readonly string[]; folder: FolderPart | undefined },
): Promise<string> {
  const { uv, owner } = await builder(host, now.state.uv);
  const { lock, requirements, source } = sharedEnvironment(config, now.release, {
    inUse: now,
    without,
    folder,
  });
  if (requirements === undefined) return lock;
  const wanted = { requirements, preferences: lock, source };
  const resolved = await resolvePackages(host, uv, owner, wanted).catch((error: unknown) => {
    throw whoAsks(error, config.environment.packages, folder);
  });
  await keepResolution(host, wanted, resolved);
  return resolved;
}
