import { resolveSchema, schema, typesOf } from "./schema.ts";
import type { Schema } from "./schema.ts";

/** One key as the reference describes it. */
export interface KeyReference {
  path: string[];
  part: Schema;
  /** Nested keys follow under their own paths. */
  section: boolean;
}

/** Every key and section, in the schema's order. Names that people choose stand as `<name>`. */
export function keyReferences(part: Schema = schema, path: string[] = []): KeyReference[] {
  return namedParts(part).flatMap(([name, inner]) => {
    const own = [...path, name];
    const nested = keyReferences(inner, own);
    return [{ path: own, part: inner, section: nested.length > 0 }, ...nested];
  });
}

function namedParts(part: Schema): [string, Schema][] {
  const named = Object.entries(part.properties ?? {});
  const additional = part.additionalProperties;
  if (typeof additional !== "object" || additional.properties === undefined) {
    return named.map(([name, inner]) => [name, resolveSchema(inner)]);
  }
  return [...named, ["<name>", additional] as [string, Schema]].map(([name, inner]) => [
    name,
    resolveSchema(inner),
  ]);
}

/** What may stand there, in words. */
export function kindWords(part: Schema): string {
  if (part.enum)
    return `one of ${part.enum
      .filter((value) => value !== null)
      .map((value) => `\`${value}\``)
      .join(", ")}`;
  if (part["x-kind"] === "size")
    return ["a size", ...(part["x-words"] ?? []).map((word) => `\`${word}\``)].join(" or ");
  if (part["x-kind"] === "page")
    return [...(part["x-words"] ?? []).map((word) => `\`${word}\``), "a path of the server"].join(" or ");
  const types = typesOf(part);
  if (types.includes("object")) return "a section";
  if (types.includes("array")) return "a list";
  if (types.includes("string")) return "text";
  if (types.includes("boolean")) return "`true` or `false`";
  return `${types.includes("integer") ? "a whole number" : "a number"}${rangeWords(part)}`;
}

function rangeWords({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const low =
    minimum === undefined
      ? exclusiveMinimum === undefined
        ? ""
        : ` above ${exclusiveMinimum}`
      : ` from ${minimum}`;
  return maximum === undefined ? low : `${low} to ${maximum}`;
}

/** The first sentence of a description, without its full stop and marks. */
export function summaryOf({ description = "" }: Schema): string {
  const [sentence = ""] = description.split(/(?<=[.:]) /);
  return sentence.replaceAll("`", "").replace(/[.:]$/, "");
}

/** The default in words. */
export function defaultWords(part: Schema): string {
  const value = part.default;
  if (value === undefined || value === null) return "no default";
  if (value === "") return "empty";
  if (Array.isArray(value)) return "an empty list";
  return typeof value === "object" ? "empty" : `\`${inline(value)}\``;
}

/** The first example as it is written in the file, under all its sections. */
export function exampleText({ path, part }: KeyReference): string | undefined {
  const [example] = part.examples ?? [];
  if (example === undefined) return undefined;
  const lines = path.slice(0, -1).map((name, depth) => `${"  ".repeat(depth)}${named(name)}:`);
  const indent = "  ".repeat(path.length - 1);
  return [...lines, `${indent}${named(path.at(-1) ?? "")}: ${inline(example)}`].join("\n");
}

function named(name: string): string {
  return name === "<name>" ? "alice" : name;
}

/** A value in one line of YAML; the examples hold nothing that needs quotes. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value !== "object" || value === null) return `${value as string | number | boolean | null}`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `${key}: ${inline(inner)}`)
    .join(", ")}}`;
}

/** docs/config-reference.md. */
export function referencePage(): string {
  const parts = keyReferences().map((reference) => {
    const { path, part, section } = reference;
    const name = path.join(".");
    const example = exampleText(reference);
    return [
      `${path.length === 1 ? "##" : "###"} \`${name}\``,
      part.description ?? "",
      ...(section ? [] : [`${capital(kindWords(part))}. Default: ${defaultWords(part)}.`]),
      ...(part["x-tljh"] ? ["TLJH has the same key."] : []),
      ...(example === undefined ? [] : [`\`\`\`yaml\n${example}\n\`\`\``]),
    ].join("\n\n");
  });
  return `${introduction}\n\n${parts.join("\n\n")}\n`;
}

function capital(text: string): string {
  return text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}

const introduction = `# Every key of the config

<!-- Made from config/schema.json by scripts/generate.ts; do not edit. -->

The config is one YAML file, \`/etc/homeroom/config.yaml\`. Change it with \`sudo homeroom config edit\` or
\`sudo homeroom config set KEY VALUE\`; or with any editor, followed by \`sudo homeroom apply\`. Every key may be left
out: its default holds then. \`null\` and empty text mean the same as leaving it out; only under \`limits\` does
\`null\` mean no limit.

Keys marked as TLJH's mean what they mean in The Littlest JupyterHub, so its config files work here. Keys that begin
with \`x-\` are yours, for notes and anchors: nothing reads them.

**Sizes** are bytes, or a number with \`K\`, \`M\`, \`G\` or \`T\` (powers of 1024): \`512M\`, \`1.5G\`. **Names** may look
like numbers: \`007\` is the name 007.

An editor that speaks the YAML language server completes and checks keys while you type; the first line of the file
that the install wrote tells it where the schema is.`;
