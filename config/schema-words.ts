import { readScalar } from "./scalar.ts";
import { schema } from "./schema.ts";
import type { MapEntry, ScalarNode } from "./document.ts";

/** Types in the words of problems. */
export const typeWords: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  integer: "a number",
  boolean: "either true or false",
};

/** What a scalar is, in words. */
export function kindOf(node: ScalarNode): string {
  const type = readScalar(node).type;
  return {
    text: "text",
    integer: "a number",
    float: "a decimal number",
    boolean: "true or false",
    date: "a date",
    null: "nothing",
  }[type];
}

/** Sections that TLJH leaves open for plugins: those at the top and those of services. */
export function isPluginSection({ value }: MapEntry, path: readonly string[]): boolean {
  return value.kind === "map" && (path.length === 0 || (path.length === 1 && path[0] === "services"));
}

/** The dotted name of the one section that has this key. */
export function sectionWith(key: string): string | undefined {
  const found = Object.entries(schema.properties ?? {}).filter(
    ([, part]) => !part["x-unused"] && Object.hasOwn(part.properties ?? {}, key),
  );
  return found.length === 1 ? found[0]?.[0] : undefined;
}

/** A path as people write it. */
export function dotted(path: readonly string[]): string {
  return path.join(".");
}
