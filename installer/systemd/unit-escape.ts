import { HomeroomError } from "../errors.ts";
import { byteToText, encodeText, joinBytes } from "./bytes.ts";
import {
  isUnitPrefix,
  isUnitSuffix,
  requireUnitName,
  unitNameParts,
  unitNameWithInstance,
} from "./unit-name.ts";
import { isNormalizedPath, simplifyPath } from "./simplify-path.ts";
import { shortenUnitName } from "./shorten-unit-name.ts";

/** Any text as part of a unit name, as `systemd-escape` prints it. */
export function escapeUnitPart(text: string): string {
  return Array.from(encodeText(text), (byte, index) => {
    const character = String.fromCharCode(byte);
    if (character === "/") return "-";
    if (/[\w:.]/.test(character) && !(character === "." && index === 0)) return character;
    return `\\x${byte.toString(16).padStart(2, "0")}`;
  }).join("");
}

/** The text that an escaped part stands for, as `systemd-escape --unescape`; undefined where an escape is broken. */
export function unescapeUnitPart(part: string): string | undefined {
  if (/\\(?!x[\da-fA-F]{2})/.test(part)) return undefined;
  const text = part
    .replaceAll("-", "/")
    .replaceAll(/\\x(..)/g, (_, hex: string) => byteToText(Number.parseInt(hex, 16)));
  // systemd's strings end at a NUL
  return joinBytes(text.split("\0", 1)[0] ?? "");
}

/** A path as part of a unit name, as `systemd-escape --path`; throws where the path has `..` in it. */
export function escapeUnitPath(path: string): string {
  const simple = simplifyPath(path);
  if (simple === "" || simple === "/") return "-";
  if (!isNormalizedPath(simple)) {
    throw new HomeroomError(`${JSON.stringify(path)} cannot be in a unit name.`, {
      remedy: "Write the path without . and .. in it.",
    });
  }
  return escapeUnitPart(simple.replaceAll(/^\/|\/$/g, ""));
}

/** The path that an escaped part stands for, as `systemd-escape --unescape --path`; undefined where it is none. */
export function unescapeUnitPath(part: string): string | undefined {
  if (part === "-") return "/";
  const path = unescapeUnitPart(part);
  if (path === undefined || path === "") return undefined;
  return path.endsWith("/") || !isNormalizedPath(`/${path}`) ? undefined : `/${path}`;
}

/** The instance of a template for any text, as `systemd-escape --template`. */
export function escapeToInstance(template: string, text: string): string {
  return unitNameWithInstance(requireUnitName(template, ["template"]), escapeUnitPart(text));
}

/** The unit of a path, as `systemd-escape --path --suffix`; over-long ones end in a hash, as systemd's do. */
export function unitNameOfPath(path: string, suffix: string): string {
  requireSuffix(suffix);
  return requireUnitName(shortenUnitName(escapeUnitPath(path) + suffix));
}

/** The instance of a template, named by its prefix, for a path. */
export function instanceOfPath(prefix: string, path: string, suffix: string): string {
  requireSuffix(suffix);
  if (!isUnitPrefix(prefix)) requireUnitName(prefix + suffix);
  return requireUnitName(shortenUnitName(`${prefix}@${escapeUnitPath(path)}${suffix}`));
}

/** The path that a unit like `home-alice.mount` is named for; undefined where it is named for none. */
export function pathOfUnitName(name: string): string | undefined {
  return unescapeUnitPath(unitNameParts(name).prefix);
}

function requireSuffix(suffix: string): void {
  if (isUnitSuffix(suffix)) return;
  throw new HomeroomError(`${JSON.stringify(suffix)} is not a type of units.`, {
    remedy: "Use one like .service or .mount.",
  });
}
