import { posix } from "node:path";

/**
 * A path that a file of the folder names, relative to the folder ("." is the folder itself).
 * @param file who names it: relative paths begin where it lies
 * @returns undefined where it leads out of the folder
 */
export function pathWithin(file: string, written: string): string | undefined {
  if (posix.isAbsolute(written) || written.includes("\0")) return undefined;
  const path = posix.normalize(posix.join(posix.dirname(file), written)).replace(/\/$/, "");
  return path === ".." || path.startsWith("../") ? undefined : path;
}
