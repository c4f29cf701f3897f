/** A version of Homeroom: "0.2.1", or "0.3.0-rc.1" before 0.3.0 is out. */
const pattern = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-([\w.-]+))?$/;

interface Parts {
  numbers: [major: number, minor: number, patch: number];
  before: string | undefined;
}

/** Whether it is a version that a release can have; a name from a registry goes into paths. */
export function isReleaseVersion(text: string): boolean {
  return pattern.test(text);
}

/** Whether it is published to be tried only. */
export function isPreview(version: string): boolean {
  return partsOf(version).before !== undefined;
}

/** Negative where the first is older, as semver.org orders them (what stands before a release: by its text). */
export function compareReleases(left: string, right: string): number {
  const [a, b] = [partsOf(left), partsOf(right)];
  for (const [at, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.before === b.before) return 0;
  if (a.before === undefined) return 1;
  if (b.before === undefined) return -1;
  return a.before.localeCompare(b.before, "en", { numeric: true });
}

/** "0.2" of "0.2.1": releases of one line differ in what is mended alone. */
export function lineOf(version: string): string {
  return partsOf(version).numbers.slice(0, 2).join(".");
}

/**
 * Whether a release takes over a machine of another one: of its own line, of the line before, or, as the first of
 * a major version, of any line of the one before.
 */
export function isOneStep(from: string, to: string): boolean {
  const [major, minor] = partsOf(from).numbers;
  const [newMajor, newMinor] = partsOf(to).numbers;
  if (newMajor === major) return newMinor - minor <= 1;
  return newMajor === major + 1 && newMinor === 0;
}

function partsOf(version: string): Parts {
  const [, major, minor, patch, before] = pattern.exec(version) ?? [];
  if (major === undefined) throw new TypeError(`${JSON.stringify(version)} is no version of a release`);
  return { numbers: [Number(major), Number(minor), Number(patch)], before };
}
