import { resolve } from "node:path";
import { exitCodes, HomeroomError } from "../../errors.ts";
import { hostOf, narrate, print, requireRoot, type GlobalOptions } from "../context.ts";
import type { Snapshot } from "../../resources/snapshots.ts";
import { readConfig } from "../read-config.ts";
import { environmentNow } from "./environment-now.ts";
import { environmentYaml, explicitList, exportedFiles, requirementsText } from "./exported-files.ts";

/** `explicit` is conda's list of addresses with hashes. */
export type ExportFormat = "requirements.txt" | "environment.yml" | "explicit";

type Options = GlobalOptions & { format: ExportFormat; folder?: string };

/** `homeroom env export`: what is installed now, for another machine, for conda or for repo2docker. */
export async function exportEnvironment({ format, folder, ...options }: Options): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const { snapshot } = await environmentNow(host);
  for (const { name, copied } of snapshot.packages) {
    if (copied === true)
      narrate(`${name} is in no package index or channel: another machine does not get it this way.`);
  }
  const files = exportedFiles(snapshot, (await readConfig(host)).config.environment.apt);
  if (folder === undefined) {
    return print(textOf(format, snapshot).trimEnd());
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

/** @throws HomeroomError where a venv is asked for as conda's list of files */
function textOf(format: ExportFormat, snapshot: Snapshot): string {
  if (format === "requirements.txt") return requirementsText(snapshot);
  if (format === "environment.yml") return environmentYaml(snapshot);
  const text = explicitList(snapshot);
  if (text !== undefined) return text;
  throw new HomeroomError("The environment holds none of conda's packages, so there is no such list.", {
    remedy: "Type: sudo homeroom env export --format environment.yml",
    exitCode: exitCodes.usage,
  });
}
