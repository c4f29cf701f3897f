import { HomeroomError } from "../errors.ts";
import { unescapeUnitPart, unescapeUnitPath } from "./unit-escape.ts";
import { unitNameParts } from "./unit-name.ts";

export interface SpecifierContext {
  /** The unit's full name. */
  unit: string;
  /** The file that the unit was loaded from, for %y and %Y. */
  fragmentPath?: string;
  /** What depends on the machine, by letter: H (host name), m (machine id), v (kernel) and so on. */
  machine?: Readonly<Record<string, string>>;
}

/** Literal text as it must stand where systemd expands specifiers. */
export function escapeSpecifiers(text: string): string {
  return text.replaceAll("%", "%%");
}

/**
 * A value with its specifiers expanded as by the system's manager (systemd.unit(5), "Specifiers"). Throws
 * HomeroomError at one that systemd does not know or that the context says nothing of.
 */
export function expandSpecifiers(text: string, context: SpecifierContext): string {
  // a % before anything but a letter or digit stands for itself
  return text.replaceAll(/%([A-Za-z\d%])/g, (specifier: string, letter: string) => {
    const value = letter === "%" ? "%" : expandOne(letter, context);
    if (value !== undefined) return value;
    throw new HomeroomError(`${specifier} in ${JSON.stringify(text)} is no specifier of systemd here.`, {
      remedy: `Write %%${letter} for the text ${specifier}.`,
    });
  });
}

function expandOne(letter: string, context: SpecifierContext): string | undefined {
  return ofSystemManager.get(letter) ?? ofUnit.get(letter)?.(context) ?? context.machine?.[letter];
}

/** Directories and names of the system's manager, where nobody says otherwise. */
const ofSystemManager = new Map([
  ["t", "/run"],
  ["S", "/var/lib"],
  ["C", "/var/cache"],
  ["L", "/var/log"],
  ["E", "/etc"],
  ["T", "/tmp"],
  ["V", "/var/tmp"],
  ["h", "/root"],
  ["u", "root"],
  ["U", "0"],
  ["g", "root"],
  ["G", "0"],
]);

const ofUnit = new Map<string, (context: SpecifierContext) => string | undefined>([
  ["n", ({ unit }) => unit],
  ["N", ({ unit }) => unit.slice(0, unit.lastIndexOf("."))],
  ["p", ({ unit }) => unitNameParts(unit).prefix],
  ["P", ({ unit }) => unescapeUnitPart(unitNameParts(unit).prefix)],
  ["i", ({ unit }) => unitNameParts(unit).instance ?? ""],
  ["I", ({ unit }) => unescapeUnitPart(unitNameParts(unit).instance ?? "")],
  ["j", ({ unit }) => lastPartOf(unit)],
  ["J", ({ unit }) => unescapeUnitPart(lastPartOf(unit))],
  ["f", ({ unit }) => unescapeUnitPath(unitNameParts(unit).instance ?? unitNameParts(unit).prefix)],
  ["y", ({ fragmentPath }) => fragmentPath],
  ["Y", ({ fragmentPath }) => fragmentPath?.replace(/(?<=.)\/[^/]*$/, "")],
]);

/** What stands after the last hyphen of the prefix. */
function lastPartOf(unit: string): string {
  const { prefix } = unitNameParts(unit);
  return prefix.slice(prefix.lastIndexOf("-") + 1);
}
