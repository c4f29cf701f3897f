import { treeOf, type FolderPart } from "./folder-part.ts";
import type { Uv } from "./run-uv.ts";

/** Where a server's start looks for the script (templates/hub/homeroom/start_script.py). */
const startPath = "share/homeroom/start";

/**
 * Makes an environment hold the own packages of this folder, and those of no folder before it; and its start script.
 * @param folder undefined where there is none (any more)
 * @param scripts the release's folder with list_folder_packages.py
 */
export async function layFolder(
  uv: Uv,
  path: string,
  folder: FolderPart | undefined,
  scripts: string,
): Promise<void> {
  const python = ["--python", `${path}/bin/python`];
  const wheels = ownWheels(folder);
  const { stdout } = await uv.run([
    "/usr/bin/python3",
    "-I",
    "-S",
    `${scripts}/list_folder_packages.py`,
    path,
  ]);
  const there = stdout.split("\n").filter((name) => /^[A-Za-z0-9._-]+$/.test(name));
  if (there.length > 0) await uv.uv(["pip", "uninstall", "--quiet", ...python, ...there]);
  if (wheels.length > 0)
    await uv.uv(["pip", "install", "--quiet", "--offline", "--no-deps", ...python, ...wheels]);
  await uv.run(["rm", "-f", "--", `${path}/${startPath}`]);
  if (folder?.start === undefined) return;
  await uv.run([
    "install",
    "-D",
    "--mode=0755",
    "--",
    `${treeOf(folder)}/${folder.start}`,
    `${path}/${startPath}`,
  ]);
}

/** A lock without the folder's own packages: they come after everything else. */
export function withoutOwnWheels(lock: string): string {
  return lock
    .split(/^(?=[A-Za-z0-9])/m)
    .filter((entry) => !/^\S+ @ file:\/\/\/var\/lib\/homeroom\/sources\//.test(entry))
    .join("");
}

function ownWheels(folder: FolderPart | undefined): string[] {
  return (folder?.requirements ?? []).flatMap(({ text }) => {
    const address = /^\S+ @ (file:\/\/\/var\/lib\/homeroom\/sources\/\S+\.whl)$/.exec(text)?.[1];
    return address === undefined ? [] : [address];
  });
}
