/** One line of requirements.txt that names a package (PEP 508), without options and paths. */
export interface Requirement {
  /** As PEP 503 normalizes it: `Scikit_Learn` is `scikit-learn`. */
  name: string;
  /** Extras, versions, address and marker, as written. */
  rest: string;
}

const pattern =
  /^(?<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?<rest>(?:\[[A-Za-z0-9._,\s-]*\])?\s*(?:@\s*(?:https?|git\+https?|git\+ssh|git\+file|file):\/\/\S+|\(?\s*(?:(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9._*+!-]+\s*,?\s*)*\)?)\s*(?:;.*)?)$/;

/** Reads a requirement; undefined where the text is none (a path, an option, a typing error). */
export function parseRequirement(text: string): Requirement | undefined {
  if (/[\n\r]/.test(text)) return undefined;
  const groups = pattern.exec(text.trim())?.groups;
  if (groups === undefined) return undefined;
  return { name: normalizeName(groups["name"] ?? ""), rest: (groups["rest"] ?? "").trim() };
}

/** The one spelling of a package's name (PEP 503). */
export function normalizeName(name: string): string {
  return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}
