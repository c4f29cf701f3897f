import { HomeroomError } from "../errors.ts";
import { sourcesFolder, treeOf, type FolderPart } from "./folder-part.ts";
import type { Uv } from "./run-uv.ts";

/** A package that the folder holds: ".", "lib", ".[extra]", "dist/x.whl", and the file that asks for it. */
interface Own {
  text: string;
  file: string;
}

/**
 * Builds the folder's own packages, once for each content; their set-up runs as the account that builds the environment.
 * @param python "3.11"
 * @returns a line of requirements.txt for each
 * @throws HomeroomError that names the file that asks for it
 */
export async function folderWheels(
  uv: Uv,
  folder: Pick<FolderPart, "key">,
  own: readonly Own[],
  python: string,
): Promise<Own[]> {
  const lines: Own[] = [];
  for (const [index, { text, file }] of own.entries()) {
    const [, path = ".", extras = ""] = /^(.*?)(\[[^\]]*\])?$/.exec(text) ?? [];
    const source = path === "." ? treeOf(folder) : `${treeOf(folder)}/${path}`;
    const wheel = path.endsWith(".whl")
      ? source
      : await built(uv, { source, file, out: `${sourcesFolder}/${folder.key}/wheels-${python}-${index}` });
    const name = /\/([^/-]+)-[^/]*\.whl$/
      .exec(wheel)?.[1]
      ?.replaceAll(/[-_.]+/g, "-")
      .toLowerCase();
    if (name === undefined)
      throw new HomeroomError(`${file} asks for ${text}, which is no package.`, {
        remedy: `Correct ${file} where the folder comes from, then type: sudo homeroom env apply`,
      });
    lines.push({ text: `${name}${extras} @ file://${encodeURI(wheel)}`, file });
  }
  return lines;
}

async function built(
  uv: Uv,
  { source, file, out }: { source: string; file: string; out: string },
): Promise<string> {
  const there = await wheelIn(uv, out);
  if (there !== undefined) return there;
  try {
    await uv.uv(["build", "--quiet", "--wheel", "--python", "/usr/bin/python3", "--out-dir", out, source]);
  } catch (error) {
    if (!(error instanceof HomeroomError)) throw error;
    throw new HomeroomError(`The folder's own package (${file}) could not be built: ${error.message}`, {
      remedy: `${error.remedy}\nThe environment in use stays as it is.`,
      cause: error,
    });
  }
  const wheel = await wheelIn(uv, out);
  if (wheel !== undefined) return wheel;
  throw new HomeroomError(`The folder's own package (${file}) was built, and there is no wheel.`, {
    remedy: `Correct ${file} where the folder comes from, then type: sudo homeroom env apply`,
  });
}

/** Looked for by the account itself, which could put anything in the place of its folders. */
async function wheelIn(uv: Uv, folder: string): Promise<string | undefined> {
  const find = ["find", folder, "-maxdepth", "1", "-type", "f", "-name", "*.whl", "-printf", "%f\\n"];
  const { stdout } = await uv.run(["sh", "-c", '[ ! -d "$0" ] || exec "$@"', folder, ...find]);
  const name = stdout.split("\n").find((line) => /^[A-Za-z0-9_.+!-]+\.whl$/.test(line));
  return name === undefined ? undefined : `${folder}/${name}`;
}
