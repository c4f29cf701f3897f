import { HomeroomError } from "../errors.ts";
import { isCleanText } from "./bytes.ts";
import { escapeSpecifiers } from "./specifiers.ts";
import { quoteWord, splitWords } from "./words.ts";

/** The value of Environment= that gives a unit these variables, one word each, in order. */
export function writeEnvironment(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => {
      if (!isVariableName(name) || !isCleanText(value)) {
        throw new HomeroomError(`${JSON.stringify(name)} cannot be set for a unit.`, {
          remedy:
            "Use letters, digits and _ for the name, not beginning with a digit, and UTF-8 for the value.",
        });
      }
      return quoteWord(`${name}=${escapeSpecifiers(value)}`);
    })
    .join(" ");
}

/**
 * The variables that values of Environment= give a unit, later ones over earlier ones. Words that are no assignment
 * are left out, as systemd does; so is the rest of a value that cannot be split.
 */
export function readEnvironment(
  values: readonly string[],
  expand: (text: string) => string = (text) => text,
): Record<string, string> {
  const words = values.flatMap((value) => splitWords(value) ?? []).map(expand);
  const assignments = words.flatMap((word) => {
    const equals = word.indexOf("=");
    const name = word.slice(0, Math.max(equals, 0));
    return isVariableName(name) ? [[name, word.slice(equals + 1)] as const] : [];
  });
  return Object.fromEntries(assignments);
}

function isVariableName(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}
