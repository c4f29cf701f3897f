/**
 * A path without repeated slashes, `.` parts and a slash at its end, and without `..` right after the root, where
 * it means nothing. Other `..` parts stay, since a link may stand before them.
 */
export function simplifyPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (!path.startsWith("/")) return parts.length === 0 && path !== "" ? "." : parts.join("/");
  const first = parts.findIndex((part) => part !== "..");
  return `/${first === -1 ? "" : parts.slice(first).join("/")}`;
}

/** Whether a path has no `.`, `..` or empty parts, and is not longer than the kernel allows. */
export function isNormalizedPath(path: string): boolean {
  const parts = path.replaceAll(/^\/|\/$/g, "").split("/");
  const isOdd = (part: string): boolean =>
    part === "" || part === "." || part === ".." || Buffer.byteLength(part) > longestPart;
  return path !== "" && Buffer.byteLength(path) <= longestPath && (path === "/" || !parts.some(isOdd));
}

/** PATH_MAX without its NUL, and NAME_MAX, in bytes. */
const longestPath = 4095;
const longestPart = 255;
