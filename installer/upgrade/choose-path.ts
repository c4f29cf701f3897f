import { exitCodes, HomeroomError } from "../errors.ts";
import type { Published } from "./published.ts";
import { compareReleases, isOneStep, isPreview, isReleaseVersion, lineOf } from "./release-version.ts";

/**
 * The releases to go through from one to another, the last one included: the newest of each line between, since a
 * release takes over machines of its own line and the line before only. Empty where there is nothing newer.
 * @param wanted undefined: the newest that is published as such
 * @throws HomeroomError (exit code 64) where the wanted one is not published or older than the one in use.
 */
export function choosePath({ package: published }: Published, current: string, wanted?: string): string[] {
  const all = Object.values(published.versions).filter(({ version }) => isReleaseVersion(version));
  const versions = all.map(({ version }) => version).toSorted(compareReleases);
  if (wanted !== undefined) refuseTarget(versions, current, wanted);
  const latest = published["dist-tags"].latest;
  const offered = all
    .filter(({ version, deprecated }) => deprecated === undefined && !isPreview(version))
    .map(({ version }) => version)
    .filter((version) => compareReleases(version, current) > 0 && compareReleases(version, latest) <= 0)
    .toSorted(compareReleases);
  const target = wanted ?? offered.at(-1);
  if (target === undefined || compareReleases(target, current) === 0) return [];
  const path: string[] = [];
  for (let at = current; !isOneStep(at, target);) {
    const next = nextStep(offered, at, target);
    if (next === undefined) throw noWay(at, target);
    path.push(next);
    at = next;
  }
  return [...path, target];
}

/** The newest release that only mends what the one in use has; undefined where that is the newest. */
export function newestOfLine({ package: published }: Published, current: string): string | undefined {
  const newest = Object.values(published.versions)
    .filter(({ version, deprecated }) => isReleaseVersion(version) && deprecated === undefined)
    .map(({ version }) => version)
    .filter((version) => !isPreview(version) && lineOf(version) === lineOf(current))
    .toSorted(compareReleases)
    .at(-1);
  return newest !== undefined && compareReleases(newest, current) > 0 ? newest : undefined;
}

/** The newest release of the nearest line after this one, on the way to the target. */
function nextStep(offered: readonly string[], at: string, target: string): string | undefined {
  const reachable = offered.filter(
    (version) =>
      compareReleases(version, at) > 0 &&
      compareReleases(version, target) < 0 &&
      lineOf(version) !== lineOf(at) &&
      isOneStep(at, version),
  );
  const [nearest] = reachable;
  return reachable.findLast((version) => nearest !== undefined && lineOf(version) === lineOf(nearest));
}

function refuseTarget(versions: readonly string[], current: string, wanted: string): void {
  if (!versions.includes(wanted)) {
    const newest = versions.slice(-5).toReversed().join(", ");
    throw new HomeroomError(`There is no Homeroom ${wanted}.`, {
      remedy: newest === "" ? "Nothing is published there." : `The newest are ${newest}.`,
      exitCode: exitCodes.usage,
    });
  }
  if (compareReleases(wanted, current) >= 0) return;
  throw new HomeroomError(`Homeroom ${wanted} is older than ${current}, which is in use.`, {
    remedy:
      "`homeroom config history` lists the generations that ran on it; sudo homeroom config rollback GENERATION goes back to one.",
    exitCode: exitCodes.usage,
  });
}

function noWay(from: string, to: string): HomeroomError {
  return new HomeroomError(
    `There is no way from ${from} to ${to}: no release of the line after ${lineOf(from)} is published.`,
    {
      remedy: "Name a nearer one: sudo homeroom upgrade --to VERSION",
    },
  );
}
