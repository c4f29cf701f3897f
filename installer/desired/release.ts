/** One version of Homeroom itself, as it lies on the machine; its files are read before anything is planned. */
export interface Release {
  version: string;
  /** "/opt/homeroom/releases/<version>". */
  folder: string;
  /** The Node that runs it: "/opt/homeroom/runtimes/node-<v>/bin/node". */
  node: string;
  /** Text files of the release by path within it ("templates/units/homeroom.slice"). */
  texts: ReadonlyMap<string, string>;
  /** sha512 of every file of the release, from its manifest. */
  hashes: ReadonlyMap<string, string>;
}

/** A text of the release. @throws TypeError where the release lacks it (a defect of the build). */
export function textOf(release: Release, path: string): string {
  const text = release.texts.get(path);
  if (text === undefined) throw new TypeError(`the release has no ${path}`);
  return text;
}

/** One hash over every file below a folder of the release. */
export function hashesBelow(release: Release, folder: string): string[] {
  return [...release.hashes]
    .filter(([path]) => path.startsWith(`${folder}/`))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, hash]) => `${path} ${hash}`);
}
