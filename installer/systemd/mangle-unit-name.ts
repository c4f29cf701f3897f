import { HomeroomError } from "../errors.ts";
import { encodeText } from "./bytes.ts";
import { isNormalizedPath, simplifyPath } from "./simplify-path.ts";
import { unitNameOfPath } from "./unit-escape.ts";
import { isUnitName, isUnitSuffix, requireUnitName } from "./unit-name.ts";

/**
 * The unit that a person means on a command line, as systemctl understands it: `sshd` is sshd.service, `/home` is
 * home.mount, `/dev/sda` is dev-sda.device; characters that no name has are escaped. With `allowGlobs` patterns
 * stay patterns.
 */
export function mangleUnitName(
  text: string,
  { suffix = ".service", allowGlobs = false }: { suffix?: string; allowGlobs?: boolean } = {},
): string {
  if (text === "" || !isUnitSuffix(suffix)) {
    throw new HomeroomError(`${JSON.stringify(text)} with ${JSON.stringify(suffix)} names no unit.`, {
      remedy: "Name a unit, as in name.service.",
    });
  }
  if (isUnitName(text) || (allowGlobs && isGlob(text) && /^[\w:.\\@*?[\]!^-]+$/.test(text))) return text;
  return unitOfPath(text) ?? mangle(text, suffix, allowGlobs);
}

/** The mount or device unit of an absolute path that can have one. */
function unitOfPath(text: string): string | undefined {
  const path = simplifyPath(text);
  if (!text.startsWith("/") || !isNormalizedPath(path)) return undefined;
  return unitNameOfPath(path, /^\/(?:dev|sys)\/./.test(path) ? ".device" : ".mount");
}

function mangle(text: string, suffix: string, allowGlobs: boolean): string {
  const allowed = allowGlobs ? /[\w:.\\@*?[\]!^-]/ : /[\w:.\\@-]/;
  const mangled = Array.from(encodeText(text), (byte) => {
    const character = String.fromCharCode(byte);
    if (character === "/") return "-";
    return allowed.test(character) ? character : `\\x${byte.toString(16).padStart(2, "0")}`;
  }).join("");
  if (allowGlobs && isGlob(mangled)) return mangled;
  return requireUnitName(isUnitName(mangled) ? mangled : mangled + suffix);
}

function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}
