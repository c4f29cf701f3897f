import { findClass, shortNameList, traitsOf } from "./authenticators.ts";
import { nodeAt } from "./document.ts";
import { keyPath, partText } from "./key-path.ts";
import { resolveSchema, schemaAt, typesOf } from "./schema.ts";
import { summaryOf } from "./reference.ts";
import traitsJson from "./traits.json" with { type: "json" };
import type { ConfigNode } from "./document.ts";
import type { Schema } from "./schema.ts";

/** One way to go on from what was typed. */
export interface Completion {
  /** The whole word, with what was typed already. */
  value: string;
  description: string;
}

export interface CompleteKeyOptions {
  /** The config as it is written, for the names in it. */
  root?: ConfigNode | undefined;
  /** Only keys that are written, or only lists. */
  only?: "written" | "lists" | undefined;
  /** What ends a key that is complete: "=" where a value follows in the same word. */
  end?: string;
}

/**
 * Ways to go on with a key that is typed in part, one step further down each: a section ends with a dot, so that
 * the next step can follow. Empty where nothing of the schema begins so.
 */
export function completeKey(typed: string, { root, only, end = "" }: CompleteKeyOptions = {}): Completion[] {
  const [before = ""] = /^(?:(?:[^."']|"[^"]*"|'[^']*')*\.)*/.exec(typed) ?? [];
  const path = keyPath(before);
  return stepsBelow(path, root)
    .filter(({ name, part }) => fits([...path, name], part, root, only))
    .map(({ name, part, description }) => ({
      value: `${before}${partText(name)}${isSection(part) ? "." : end}`,
      description,
    }))
    .filter(({ value }) => value.startsWith(typed));
}

/** What a key may be set to, where that can be counted: choices, true or false, short names of authenticators. */
export function valuesOf(path: readonly string[]): string[] {
  const [section, name = "", trait = ""] = path;
  if (section === "auth" && name === "type") return shortNameList();
  if (section === "auth" && path.length === 3) {
    const { type, choices = [] } = traitsOf(name).get(trait) ?? {};
    return type === "boolean" ? ["true", "false"] : choices.map(String);
  }
  const part = schemaAt(path);
  if (part?.enum) return part.enum.filter((value) => value !== null);
  if (part && isOnly(part, "boolean")) return ["true", "false"];
  return part?.["x-words"] ?? [];
}

/** Whether the key holds a list of people's names. */
export function holdsNames(path: readonly string[]): boolean {
  return path[0] === "users" && schemaAt(path)?.items?.$ref === "#/$defs/name";
}

interface Step {
  name: string;
  part: Schema;
  description: string;
}

function stepsBelow(path: readonly string[], root: ConfigNode | undefined): Step[] {
  const [section, name] = path;
  if (section === "auth" && path.length === 2) return traitSteps(name ?? "");
  const part = path.length === 0 ? schemaAt([]) : schemaAt(path);
  if (part === undefined || !isSection(part)) return [];
  const known = Object.entries(part.properties ?? {}).map(([key, inner]) =>
    stepOf(key, resolveSchema(inner)),
  );
  const { additionalProperties: chosen } = part;
  const written = root && nodeAt(root, path);
  const names = typeof chosen === "object" && written?.kind === "map" ? written.entries : [];
  const open = names.map(({ key }) => stepOf(key, resolveSchema(chosen as Schema)));
  return [...known, ...open, ...(section === "auth" ? classSteps : [])].filter(
    ({ part: inner }) => inner["x-unused"] !== true,
  );
}

function stepOf(name: string, part: Schema): Step {
  return { name, part, description: summaryOf(part) };
}

const classSteps: readonly Step[] = Object.entries(traitsJson.classes)
  .filter(([, { authenticator }]) => authenticator)
  .map(([name]) => ({
    name,
    part: { additionalProperties: {} },
    description: "settings of this authenticator",
  }));

function traitSteps(name: string): Step[] {
  if (!findClass(name)?.authenticator) return [];
  return [...traitsOf(name)].map(([trait, { type, help }]) => ({
    name: trait,
    part: type === "list" || type === "set" ? { type: "array" } : {},
    description: help.trim().split("\n")[0] ?? "",
  }));
}

function fits(
  path: readonly string[],
  part: Schema,
  root: ConfigNode | undefined,
  only: CompleteKeyOptions["only"],
): boolean {
  if (only === "written") return root === undefined || nodeAt(root, path) !== undefined;
  return only === undefined || isSection(part) || typesOf(part).includes("array");
}

function isSection({ properties, additionalProperties }: Schema): boolean {
  return properties !== undefined || typeof additionalProperties === "object";
}

function isOnly(part: Schema, type: string): boolean {
  const types = typesOf(part).filter((each) => each !== "null");
  return types.length === 1 && types[0] === type;
}
