import { compareVersions } from "./compare-versions.ts";

/** Values of the variables that environment markers ask for. */
export type MarkerEnvironment = Readonly<Record<string, string>>;

type Token = { kind: "value"; text: string } | { kind: "name" | "operator" | "parenthesis"; text: string };

/**
 * Whether an environment marker (PEP 508) holds.
 * @throws on a variable that the environment doesn't have, or where the marker can't be read.
 */
export function markerHolds(marker: string, environment: MarkerEnvironment): boolean {
  const tokens = tokenize(marker);
  let at = 0;
  const take = () => {
    const token = tokens[at];
    if (token === undefined) throw new Error(`unfinished marker: ${marker}`);
    at += 1;
    return token;
  };
  const takes = (text: string) => {
    if (tokens[at]?.text !== text || tokens[at]?.kind === "value") return false;
    at += 1;
    return true;
  };
  const either = (): boolean => {
    let holds = both();
    while (takes("or")) holds = both() || holds;
    return holds;
  };
  const both = (): boolean => {
    let holds = one();
    while (takes("and")) holds = one() && holds;
    return holds;
  };
  const one = (): boolean => {
    if (takes("(")) {
      const holds = either();
      if (!takes(")")) throw new Error(`unclosed parenthesis: ${marker}`);
      return holds;
    }
    const [left, operator, right] = [take(), takeOperator(), take()];
    const isVersion = [left, right].some(({ kind, text }) => kind === "name" && text.endsWith("_version"));
    return compare(valueOf(left), operator, valueOf(right), isVersion);
  };
  const takeOperator = () => {
    const operator = take().text;
    return operator === "not" ? `not ${take().text}` : operator;
  };
  const valueOf = ({ kind, text }: Token): string => {
    if (kind === "value") return text;
    const value = environment[text];
    if (value === undefined) throw new Error(`unknown variable ${text} in marker: ${marker}`);
    return value;
  };

  const holds = either();
  if (at !== tokens.length) throw new Error(`marker can't be read to its end: ${marker}`);
  return holds;
}

function tokenize(marker: string): Token[] {
  const pattern =
    /\s*(?:(?<quote>['"])(?<value>.*?)\k<quote>|(?<operator>[<>=!~]+)|(?<parenthesis>[()])|(?<name>\w+))\s*/y;
  const tokens: Token[] = [];
  while (pattern.lastIndex < marker.length) {
    const groups = pattern.exec(marker)?.groups;
    if (groups === undefined) throw new Error(`marker can't be read: ${marker}`);
    const found = (["value", "operator", "parenthesis", "name"] as const).find(
      (kind) => groups[kind] !== undefined,
    );
    if (found !== undefined) tokens.push({ kind: found, text: groups[found] ?? "" });
  }
  return tokens;
}

function compare(left: string, operator: string, right: string, isVersion: boolean): boolean {
  const order = isVersion ? compareVersions(left, right) : Number(left > right) - Number(left < right);
  switch (operator) {
    case "==":
    case "===":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "in":
      return right.includes(left);
    case "not in":
      return !right.includes(left);
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}
