import { compareReleases } from "./release-version.ts";

/** A change of config.yaml's language, as an edit of the text that a person wrote. */
export interface Migration {
  /** The first release that reads the new language: "0.2.0". */
  release: string;
  /** What it does, for the person: "`limits.ram` is called `limits.memory`". */
  words: string;
  /** Changes what it means to and no other byte; the same text where there is nothing to change. */
  edit: (text: string) => string;
}

/** Every one, oldest first. A release that changes what a key is called or means adds one. */
const migrations: readonly Migration[] = [];

/**
 * A config that one release reads, as a newer one reads it.
 * @returns with what was changed, in words
 * @throws EditProblem where the text says two things at once.
 */
export function migrateConfig(
  text: string,
  { from, to }: { from: string; to: string },
  all: readonly Migration[] = migrations,
): { text: string; changes: string[] } {
  const changes: string[] = [];
  let migrated = text;
  for (const { release, words, edit } of all) {
    if (compareReleases(release, from) <= 0 || compareReleases(release, to) > 0) continue;
    const edited = edit(migrated);
    if (edited !== migrated) changes.push(words);
    migrated = edited;
  }
  return { text: migrated, changes };
}
