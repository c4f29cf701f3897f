import schemaJson from "./schema.json" with { type: "json" };

type JsonType = "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";

/** The part of JSON Schema that config/schema.json uses, with our own marks (`x-…`). */
export interface Schema {
  $ref?: string;
  description?: string;
  type?: JsonType | JsonType[];
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  enum?: (string | null)[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  default?: unknown;
  examples?: unknown[];
  $defs?: Record<string, Schema>;
  /** TLJH has the same key. */
  "x-tljh"?: boolean;
  /** Accepted because TLJH has it; nothing reads it. */
  "x-unused"?: boolean;
  "x-kind"?: "size" | "page";
  /** Words that may stand in place of a size or of a page's path. */
  "x-words"?: string[];
  /** What a written `null` means, where it does not mean that the key is left out. */
  "x-null"?: string;
  "x-secret"?: boolean;
  /** Servers that run take it up when they are started again. */
  "x-next-start"?: boolean;
  /** Without a value it is computed from the machine. */
  "x-computed"?: boolean;
}

/** config/schema.json, the one description of the config's keys. */
export const schema: Schema = schemaJson as Schema;

/** Follows `$ref` into `$defs`. */
export function resolveSchema(part: Schema): Schema {
  const name = part.$ref?.replace("#/$defs/", "");
  return name === undefined ? part : { ...schema.$defs?.[name], ...part };
}

/** The JSON types that a value may have. */
export function typesOf(part: Schema): readonly JsonType[] {
  return typeof part.type === "string" ? [part.type] : (part.type ?? []);
}

/** The schema of the key at a path, or undefined where there is no such key. Names in maps match too. */
export function schemaAt(path: readonly string[]): Schema | undefined {
  let part: Schema | undefined = schema;
  for (const name of path) {
    if (part === undefined) return undefined;
    const additional: boolean | Schema | undefined = part.additionalProperties;
    const known: Schema | undefined = Object.hasOwn(part.properties ?? {}, name)
      ? part.properties?.[name]
      : undefined;
    const own: Schema | undefined = known ?? (typeof additional === "object" ? additional : undefined);
    const pattern: string | undefined = Object.keys(part.patternProperties ?? {}).find((source) =>
      new RegExp(source).test(name),
    );
    part = own ?? (pattern === undefined ? undefined : part.patternProperties?.[pattern]);
    part = part && resolveSchema(part);
  }
  return part;
}
