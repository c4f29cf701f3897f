/** What `environment.from` asked for of an environment: how it stands in the environment's state. */
export interface FolderPart {
  /** Hash of what the config says, which may hold a password. */
  source: string;
  /** For people. */
  address: string;
  /** The commit, or the hash of the content; for people. */
  revision: string;
  /** Hash of the content: names its copy below /var/lib/homeroom/sources. */
  key: string;
  /** Hash of everything that it asks for: where that is the same there is nothing to do. */
  asks: string;
  /** Lines of requirements.txt, the folder's own packages as built wheels, and the file that asks for each. */
  requirements: { text: string; file: string }[];
  apt: string[];
  /** Paths in the folder. */
  postBuild?: string;
  start?: string;
  notDone: { what: string; file: string; why: string }[];
}

/** Copies of what was fetched; the account that builds the environment owns them. */
export const sourcesFolder = "/var/lib/homeroom/sources";

/** Where the fetched copy of a folder lies. */
export function treeOf({ key }: Pick<FolderPart, "key">): string {
  return `${sourcesFolder}/${key}/tree`;
}
