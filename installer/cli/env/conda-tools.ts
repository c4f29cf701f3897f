import type { Config } from "../../../config/config.ts";
import { condaLibrary, condaParts } from "../../desired/python.ts";
import type { Release } from "../../desired/release.ts";
import type { Host } from "../../host/host.ts";
import type { CondaParts } from "../../resources/conda-packages.ts";
import { readFacts } from "../../resources/facts.ts";
import { wheelProgram } from "../../resources/wheel-program.ts";

/**
 * What solves conda's packages, fetched where it is not there yet: what a change comes to is known before anything
 * else is done. undefined where the config has another manager.
 */
export async function condaTools(
  host: Host,
  config: Config,
  release: Release,
): Promise<CondaParts | undefined> {
  if (config.environment.manager !== "conda") return undefined;
  const library = condaLibrary(release, await readFacts(host));
  if ((await wheelProgram.read(host, library.path)) === undefined) {
    const root = { mode: 0o755, uid: 0, gid: 0 };
    await host.makeDirectory("/opt/homeroom/runtimes", root);
    const progress = { report: () => undefined, signal: new AbortController().signal };
    await wheelProgram.write(host, library.path, library.state, progress);
  }
  return condaParts(config, release, library);
}
