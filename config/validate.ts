import { formerKey, formerValue } from "./former-keys.ts";
import { nearest } from "./nearest.ts";
import { otherMeaning, readScalar } from "./scalar.ts";
import { dotted, isPluginSection, kindOf, sectionWith, typeWords } from "./schema-words.ts";
import { meantSize, readSize } from "./size.ts";
import { resolveSchema, schema, typesOf } from "./schema.ts";
import type { ConfigNode, ListNode, MapEntry, MapNode, ScalarNode } from "./document.ts";
import type { Finding, Severity } from "./problem.ts";
import type { Schema } from "./schema.ts";
import type { WrittenConfig } from "./generated/written-config.ts";

type Path = readonly string[];

/** What was written, with the types of the schema: names as text, one name as a list, sizes in bytes. */
export interface Validated {
  findings: Finding[];
  /** Only what is valid; keys that mean "unset" (null, empty text, empty sections) are left out. */
  written: WrittenConfig;
}

/** Checks the tree against config/schema.json. Blocks of authenticators are checked by `checkTraits`. */
export function validate(root: MapNode): Validated {
  const reader = new SchemaReader();
  const written = reader.read(root, schema, []) ?? {};
  return { findings: reader.findings, written };
}

class SchemaReader {
  readonly findings: Finding[] = [];

  /** The value of a node, or undefined where it is unset or wrong. */
  read(node: ConfigNode, part: Schema, path: Path): unknown {
    const types = typesOf(part);
    if (node.kind === "scalar" && (node.text === "" || readScalar(node).type === "null")) {
      return this.readNothing(node, part, path);
    }
    if (part["x-unused"]) return undefined;
    if (types.includes("object")) return this.readObject(node, part, path);
    if (types.includes("array")) return this.readList(node, part, path);
    if (node.kind !== "scalar") return this.refuseCollection(node, part, path);
    if (part["x-kind"] === "size") return this.readSize(node, part, path);
    if (part["x-kind"] === "page" && /^\/[!-~]*$/.test(node.text)) return node.text;
    const choices = part.enum ?? (part["x-kind"] === "page" ? part["x-words"] : undefined);
    if (types.includes("string"))
      return choices ? this.readChoice(node, choices, path, part["x-kind"] === "page") : node.text;
    if (types.includes("boolean")) return this.readFlag(node, path);
    return this.readNumber(node, part, path);
  }

  private readNothing(node: ScalarNode, part: Schema, path: Path): unknown {
    if (part["x-null"] !== undefined && node.text !== "") return null;
    if (part["x-tljh"] && part.default === true) {
      const message = `Nothing is set here, so \`${dotted(path)}\` is true; TLJH takes nothing for false.`;
      this.warn("null-flag", node, path, message, "Write `true` or `false`.");
    }
    return undefined;
  }

  private readObject(node: ConfigNode, part: Schema, path: Path): unknown {
    if (node.kind === "list" && node.items.length === 0) {
      return this.warn(
        "wrong-type",
        node,
        path,
        `\`${dotted(path)}\` is a section, and empty.`,
        "Delete the brackets.",
      );
    }
    if (node.kind !== "map") {
      const hint = `Write keys under \`${path.at(-1)}:\`, each in its own line and two spaces further in.`;
      return this.refuse(
        "wrong-type",
        node,
        path,
        `\`${dotted(path)}\` is a section with keys of its own.`,
        hint,
      );
    }
    if (!part.properties && typeof part.additionalProperties !== "object") return undefined;
    const values = Object.create(null) as Record<string, unknown>;
    for (const entry of node.entries) {
      const inner = this.entrySchema(entry, part, path);
      const value = inner && this.read(entry.value, inner, [...path, entry.key]);
      if (value !== undefined) values[entry.key] = value;
    }
    return { ...values };
  }

  /** The schema of an entry's value; undefined for keys that are free, authenticator blocks, or unknown. */
  private entrySchema(entry: MapEntry, part: Schema, path: Path): Schema | undefined {
    const known = Object.hasOwn(part.properties ?? {}, entry.key) ? part.properties?.[entry.key] : undefined;
    if (known) return resolveSchema(known);
    if (Object.keys(part.patternProperties ?? {}).some((source) => new RegExp(source).test(entry.key))) {
      return undefined;
    }
    if (typeof part.additionalProperties === "object") return resolveSchema(part.additionalProperties);
    this.refuseUnknown(entry, part, path);
    return undefined;
  }

  private refuseUnknown(entry: MapEntry, part: Schema, path: Path): void {
    const full = [...path, entry.key];
    const add = (severity: Severity, code: string, message: string, hint: string): void => {
      this.findings.push({ severity, code, path: full, span: entry.keySpan, message, hint });
    };
    const former = formerKey(full);
    if (former) return add(former.severity, "former-key", former.message, former.hint);
    const keys = Object.keys(part.properties ?? {});
    const meant = nearest(entry.key, keys);
    const message = `There is no key \`${dotted(full)}\`.`;
    if (meant !== undefined) return add("error", "unknown-key", message, `Did you mean \`${meant}\`?`);
    const elsewhere = path.length > 0 ? undefined : sectionWith(entry.key);
    if (elsewhere) return add("error", "unknown-key", message, `It belongs under \`${elsewhere}:\`.`);
    if (isPluginSection(entry, path)) {
      const hint = "Delete it, or begin its name with x- to say that it is yours.";
      return add(
        "warning",
        "unknown-key",
        `${message} TLJH leaves such sections to plugins; nothing reads it here.`,
        hint,
      );
    }
    const known = keys.length > 0 && keys.length < 20 ? ` Keys here: ${keys.join(", ")}.` : "";
    add(
      "error",
      "unknown-key",
      message,
      `Delete it, or begin its name with x- if it is a note of yours.${known}`,
    );
  }

  private readList(node: ConfigNode, part: Schema, path: Path): unknown {
    if (node.kind === "map") return this.readNamesAsKeys(node, path);
    if (node.kind === "scalar") return this.readSingle(node, path);
    const inner = resolveSchema(part.items ?? {});
    const values: string[] = [];
    for (const [index, item] of node.items.entries()) {
      const value = this.readItem(item, inner, [...path, String(index)]);
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  /** Names as keys with nothing behind them: TLJH takes the keys. */
  private readNamesAsKeys(node: MapNode, path: Path): string[] | undefined {
    const hint = "Write one name a line, each after a dash and a space.";
    const names = node.entries.map(({ key }) => key);
    if (node.entries.some(({ value }) => value.kind !== "scalar" || readScalar(value).type !== "null")) {
      return this.refuse("wrong-type", node, path, `\`${dotted(path)}\` is a list.`, hint);
    }
    this.warn(
      "wrong-type",
      node,
      path,
      `\`${dotted(path)}\` is a list; the keys here are taken for it.`,
      hint,
    );
    return names;
  }

  private readItem(item: ConfigNode, part: Schema, path: Path): string | undefined {
    if (item.kind !== "scalar") {
      const found = item.kind === "list" ? "There is a list" : "There are keys";
      const name = dotted(path.slice(0, -1));
      const hint = "Write one name a line, each after one dash; text with `: ` in it needs quotes.";
      this.refuse("wrong-type", item, path, `${found} inside the list \`${name}\`.`, hint);
      return undefined;
    }
    if (item.text !== "" && readScalar(item).type !== "null")
      return this.read(item, part, path) as string | undefined;
    if (item.text === "" || item.text === "~") {
      this.warn("empty-item", item, path, "An item of the list is empty.", "Delete the line.");
      return undefined;
    }
    const hint = `Write "${item.text}" in quotes if it is a name, or delete the line.`;
    this.refuse("null-item", item, path, `YAML reads \`${item.text}\` as nothing, not as text.`, hint);
    return undefined;
  }

  /** One name where a list belongs; TLJH would take its letters. */
  private readSingle(node: ScalarNode, path: Path): string[] | undefined {
    const key = path.at(-1) ?? "";
    if (/[,;\s]/.test(node.text.trim())) {
      const hint = "Write one name a line, each after a dash and a space.";
      this.refuse("text-for-list", node, path, `\`${dotted(path)}\` is a list, and this is one text.`, hint);
      return undefined;
    }
    const message = `\`${dotted(path)}\` is a list; it is taken as a list with the one name \`${node.text}\`.`;
    this.warn("text-for-list", node, path, message, `Write \`${key}: [${node.text}]\`.`);
    return [node.text];
  }

  private readChoice(
    node: ScalarNode,
    choices: readonly (string | null)[],
    path: Path,
    isPage = false,
  ): unknown {
    if (choices.includes(node.text)) return node.text;
    const words = choices.filter((choice) => choice !== null);
    const former = formerValue(path, node.text);
    if (former) return this.warn("former-value", node, path, former.message, former.hint);
    const meant = nearest(node.text, words);
    const others = isPage ? ", or a path of the server that begins with `/`" : "";
    const hint =
      meant === undefined ? `Write one of: ${words.join(", ")}${others}.` : `Did you mean \`${meant}\`?`;
    return this.refuse(
      "unknown-value",
      node,
      path,
      `\`${node.text}\` is no value of \`${dotted(path)}\`.`,
      hint,
    );
  }

  private readFlag(node: ScalarNode, path: Path): unknown {
    const value = readScalar(node);
    if (value.type === "boolean") return value.value;
    if (value.type === "integer" && (value.value === 0 || value.value === 1)) {
      const meaning = value.value === 1;
      this.warn(
        "wrong-type",
        node,
        path,
        `\`${node.text}\` is taken as ${meaning}.`,
        `Write \`${meaning}\`.`,
      );
      return meaning;
    }
    const other = otherMeaning(node);
    if (other !== undefined) {
      const message = `\`${node.text}\` is ${other} in YAML 1.1, but text in YAML 1.2, which TLJH takes as true.`;
      return this.refuse("yaml-1.1-word", node, path, message, "Write `true` or `false`.");
    }
    const word = node.text.toLowerCase();
    const quotes = word === "true" || word === "false" ? " without quotes" : "";
    const message = `\`${dotted(path)}\` is either true or false, and this is ${kindOf(node)}.`;
    return this.refuse("wrong-type", node, path, message, `Write \`true\` or \`false\`${quotes}.`);
  }

  private readNumber(node: ScalarNode, part: Schema, path: Path): unknown {
    const value = readScalar(node);
    const other = otherMeaning(node);
    if (other !== undefined) {
      const here = value.type === "integer" ? `the number ${value.value}` : "text";
      const message = `\`${node.text}\` is ${here} in YAML 1.2, as TLJH reads it, but ${other} in YAML 1.1.`;
      return this.refuse("yaml-1.1-word", node, path, message, "Write the number in plain digits.");
    }
    if (value.type !== "integer" && value.type !== "float") {
      if (/^[1-9][0-9]*$/.test(node.text)) return this.readQuotedNumber(node, part, path);
      const hint = /^none$/i.test(node.text) ? "Write null, or leave the key out." : "Write a number.";
      return this.refuse(
        "wrong-type",
        node,
        path,
        `\`${dotted(path)}\` is a number, and this is ${kindOf(node)}.`,
        hint,
      );
    }
    return this.inRange(this.wholeNumber(value.value, node, part, path), node, part, path);
  }

  /** TLJH puts a port into the proxy's settings as it is, so digits in quotes work there. */
  private readQuotedNumber(node: ScalarNode, part: Schema, path: Path): unknown {
    const message = `\`${dotted(path)}\` is a number; this text is taken as ${node.text}.`;
    this.warn("wrong-type", node, path, message, `Write ${node.text} without quotes.`);
    return this.inRange(Number(node.text), node, part, path);
  }

  /** TLJH cuts the fraction off where it needs a whole number. */
  private wholeNumber(value: number, node: ScalarNode, part: Schema, path: Path): number {
    if (!typesOf(part).includes("integer") || Number.isInteger(value) || !Number.isFinite(value))
      return value;
    const whole = Math.trunc(value);
    this.warn(
      "fraction",
      node,
      path,
      `Only whole numbers count here; this means ${whole}.`,
      `Write ${whole}.`,
    );
    return whole;
  }

  private inRange(value: number, node: ScalarNode, part: Schema, path: Path): unknown {
    const above = part.exclusiveMinimum;
    const low = part.minimum ?? -Infinity;
    const high = part.maximum ?? Infinity;
    if (value >= low && value <= high && Number.isFinite(value) && (above === undefined || value > above))
      return value;
    const from = above === undefined ? `from ${low}` : `above ${above}`;
    const range = high === Infinity ? from : `${from} to ${high}`;
    const message = `${node.text} is out of range for \`${dotted(path)}\`.`;
    return this.refuse("out-of-range", node, path, message, `It goes ${range}.`);
  }

  private readSize(node: ScalarNode, part: Schema, path: Path): unknown {
    if (part["x-words"]?.includes(node.text)) return node.text;
    const bytes = readSize(node);
    if (bytes !== undefined) return this.inRange(bytes, node, part, path);
    const none = /^(?:none|unlimited|infinity|max)$/i.test(node.text);
    const meant = meantSize(node.text);
    const hint = none
      ? "Write null for no limit."
      : meant === undefined
        ? "Write a number with K, M, G or T, as in `1.5G`, or a number of bytes."
        : `Write ${/[KMGT]$/.test(meant) ? meant : `${meant} without quotes, which counts bytes`}.`;
    return this.refuse("bad-size", node, path, `\`${node.text}\` is no size.`, hint);
  }

  private refuseCollection(node: ListNode | MapNode, part: Schema, path: Path): undefined {
    const wanted = part["x-kind"] === "size" ? "a size" : (typeWords[typesOf(part)[0] ?? ""] ?? "one value");
    const found = node.kind === "list" ? "a list" : "a section";
    const hint = `Write ${wanted} after the colon, in the same line.`;
    return this.refuse(
      "wrong-type",
      node,
      path,
      `\`${dotted(path)}\` is ${wanted}, and this is ${found}.`,
      hint,
    );
  }

  private refuse(code: string, node: ConfigNode, path: Path, message: string, hint: string): undefined {
    this.findings.push({ severity: "error", code, path, span: node.span, message, hint });
  }

  private warn(code: string, node: ConfigNode, path: Path, message: string, hint: string): undefined {
    this.findings.push({ severity: "warning", code, path, span: node.span, message, hint });
  }
}
