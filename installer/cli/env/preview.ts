import type { Config } from "../../../config/config.ts";
import { sharedEnvironment } from "../../desired/shared-environment.ts";
import type { Host } from "../../host/host.ts";
import { keepResolution, resolvePackages } from "../../resources/resolve-packages.ts";
import { condaTools } from "./conda-tools.ts";
import { builder } from "./builder.ts";
import type { EnvironmentNow } from "./environment-now.ts";

/**
 * The lock that a config would come to, without changing anything; kept, so that what is shown is what is built.
 * @throws HomeroomError that says what cannot be had or does not go together
 */
export async function previewEnvironment(
  host: Host,
  config: Config,
  now: EnvironmentNow,
  without: readonly string[],
): Promise<string> {
  const { uv, owner } = await builder(host, now.state.uv);
  const { lock, requirements, source } = sharedEnvironment(config, now.release, {
    inUse: now,
    without,
  });
  if (requirements === undefined) return lock;
  const conda = await condaTools(host, config, now.release);
  const wanted = { requirements, preferences: lock, source, conda };
  const resolved = await resolvePackages(host, uv, owner, wanted);
  await keepResolution(host, wanted, resolved);
  return resolved;
}
