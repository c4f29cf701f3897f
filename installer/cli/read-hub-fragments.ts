import { HomeroomError } from "../errors.ts";
import type { HostReader } from "../host/host.ts";
import { readHandMade } from "./hand-made-files.ts";

const folder = "jupyterhub_config.d";

/**
 * The admin's own pieces of the hub's configuration, text by file name, in the order in which the hub runs them.
 * @throws HomeroomError (exit code 78) where anybody but root could change one of them
 */
export async function readHubFragments(host: HostReader): Promise<ReadonlyMap<string, string>> {
  const files = await readHandMade(host, folder, {
    isName: /^[A-Za-z0-9][A-Za-z0-9._-]*\.py$/,
    names: "the hub runs files whose names end in .py and have only letters, digits and . _ -",
  });
  const texts = await Promise.all(
    files.map(async ({ name, path, target }) => {
      const content = await host.read(target);
      if (content !== undefined) return [name, content.toString("utf8")] as const;
      throw new HomeroomError(`${path} cannot be read.`, { remedy: "Type the same command again." });
    }),
  );
  return new Map(texts);
}
