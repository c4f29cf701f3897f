import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FolderFiles } from "../../../installer/repo2docker/folder-request.ts";

/** A folder of test/cases/repo2docker as what templates/environment/fetch_source.py reads of one. */
export function folderFiles(folder: string): FolderFiles {
  const paths = globSync("**/*", { cwd: folder, exclude: () => false })
    .concat(globSync(".binder/**", { cwd: folder }))
    .filter((path) => existsSync(join(folder, path)));
  const isFolder = (path: string) => statSync(join(folder, path)).isDirectory();
  return {
    names: [...new Set(paths.filter((path) => path !== "." && path !== ".binder/"))]
      .filter((path) => /^(?:[^/]+|\.?binder\/[^/]+)$/.test(path))
      .map((path) => (isFolder(path) ? `${path}/` : path)),
    texts: Object.fromEntries(
      paths.filter((path) => !isFolder(path)).map((path) => [path, readFileSync(join(folder, path), "utf8")]),
    ),
  };
}
