import { HomeroomError } from "../errors.ts";
import { isUnitName } from "./unit-name.ts";

/** Whether this names a slice: the root, `-.slice`, or parts joined by single hyphens. */
export function isSliceName(name: string): boolean {
  if (name === rootSlice) return true;
  if (!isUnitName(name, ["plain"]) || !name.endsWith(".slice")) return false;
  return !name.slice(0, -".slice".length).split("-").includes("");
}

/** The slice that a slice is in, by its name alone; undefined for the root. Throws where it names no slice. */
export function parentSlice(name: string): string | undefined {
  if (!isSliceName(name)) {
    throw new HomeroomError(`${JSON.stringify(name)} is not a valid slice name.`, {
      remedy: "Use parts joined by single hyphens before .slice, as in class-users.slice.",
    });
  }
  if (name === rootSlice) return undefined;
  const hyphen = name.lastIndexOf("-");
  return hyphen === -1 ? rootSlice : `${name.slice(0, hyphen)}.slice`;
}

const rootSlice = "-.slice";
