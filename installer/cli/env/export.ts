import { resolve } from "node:path";
import { exitCodes, HomeroomError } from "../../errors.ts";
import { hostOf, narrate, print, requireRoot, type GlobalOptions } from "../context.ts";
import { readConfig } from "../read-config.ts";
import { environmentNow } from "./environment-now.ts";
import { environmentYaml, exportedFiles } from "./exported-files.ts";

type Options = GlobalOptions & { format: "requirements.txt" | "environment.yml"; folder?: string };

/** `homeroom env export`: what is installed now, for another machine, for conda or for repo2docker. */
export async function exportEnvironment({ format, folder, ...options }: Options): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const { snapshot } = await environmentNow(host);
  for (const { name, copied } of snapshot.packages) {
    if (copied === true) narrate(`${name} is in no package index: another machine does not get it this way.`);
  }
  const files = exportedFiles(snapshot, (await readConfig(host)).config.environment.apt);
  if (folder === undefined) {
    const text = format === "environment.yml" ? environmentYaml(snapshot) : (files["requirements.txt"] ?? "");
    return print(text.trimEnd());
  }
  const place = resolve(folder);
  for (const name of Object.keys(files)) {
    if ((await host.stat(`${place}/${name}`)) === undefined) continue;
    throw new HomeroomError(`There is a ${name} in ${place} already.`, {
      remedy: "Name a folder that is new or empty.",
      exitCode: exitCodes.usage,
    });
  }
  if ((await host.stat(place)) === undefined)
    await host.makeDirectory(place, { mode: 0o755, uid: 0, gid: 0 });
  for (const [name, text] of Object.entries(files)) {
    await host.write(`${place}/${name}`, text, { mode: 0o644, uid: 0, gid: 0 });
  }
  narrate(`Written to ${place}: ${Object.keys(files).join(", ")}`);
}
