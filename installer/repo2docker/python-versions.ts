/**
 * Whether a Python is one of those that a file asks for. Only the minor version counts: bug-fix releases are the
 * machine's own business.
 * @param python "3.11"
 * @param versions PEP 440: "==3.11.4", ">=3.9,<3.13", "==3.*"
 */
export function isWithinVersions(python: string, versions: string): boolean {
  const is = numbers(python);
  return versions.split(",").every((part) => {
    const [, operator = "", version = ""] = /^\s*(==|!=|<=|>=|~=|<|>)?\s*([\d.]+)/.exec(part) ?? [];
    if (version === "") return true;
    const asked = numbers(version);
    const order = compare(is, asked);
    switch (operator) {
      case "!=":
        return order !== 0 || asked.length > 2;
      case ">":
        return order > 0 || (order === 0 && asked.length > 2);
      case ">=":
        return order >= 0;
      case "<":
        return order < 0 || (order === 0 && asked.length > 2 && asked[2] !== 0);
      case "<=":
        return order <= 0;
      case "~=":
        return order >= 0 && (asked.length > 2 ? order === 0 : is[0] === asked[0]);
      default:
        return order === 0;
    }
  });
}

/** By major and minor version, as far as both are given. */
function compare(is: readonly number[], asked: readonly number[]): number {
  for (const i of [0, 1]) {
    const [a, b] = [is[i], asked[i]];
    if (a === undefined || b === undefined) return 0;
    if (a !== b) return a - b;
  }
  return 0;
}

function numbers(version: string): number[] {
  return version
    .split(".")
    .filter((part) => part !== "")
    .map(Number);
}
