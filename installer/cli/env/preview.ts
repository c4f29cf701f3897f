import type { Config } from "../../../config/config.ts";
import { sharedEnvironment } from "../../desired/shared-environment.ts";
import type { Host } from "../../host/host.ts";
import { resolveOwner } from "../../resources/accounts-file.ts";
import { keepResolution, resolvePackages } from "../../resources/resolve-packages.ts";
import { prepareUv } from "../../resources/run-uv.ts";
import type { EnvironmentNow } from "./environment-now.ts";

const account = "homeroom-env";

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
  const owner = await resolveOwner(host, account, account);
  const progress = { report: () => undefined, signal: new AbortController().signal };
  const { uv: program } = now.state;
  const uv = await prepareUv(host, { uv: program, account, owner, cwd: "/", progress });
  const { lock, requirements, source } = sharedEnvironment(config, now.release, {
    inUse: now,
    without,
  });
  if (requirements === undefined) return lock;
  const wanted = { requirements, preferences: lock, source };
  const resolved = await resolvePackages(host, uv, owner, wanted);
  await keepResolution(host, wanted, resolved);
  return resolved;
}
