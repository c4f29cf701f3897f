import { findClass, meantClass, shortNameOf, traitsOf } from "./authenticators.ts";
import { entryOf } from "./document.ts";
import { nearest } from "./nearest.ts";
import { quoted } from "./render.ts";
import { otherMeaning, readScalar } from "./scalar.ts";
import { kindOf } from "./schema-words.ts";
import { readSize } from "./size.ts";
import { integerJson, jsonOf } from "./values.ts";
import type { Authenticator, Trait, TraitType } from "./authenticators.ts";
import type { ConfigNode, MapEntry, MapNode, ScalarNode } from "./document.ts";
import type { Json } from "./config.ts";
import type { Finding, Severity } from "./problem.ts";

type Path = readonly string[];

export interface CheckedTraits {
  findings: Finding[];
  /** By class name; only values that are set and fit. Blocks of authenticators that are not chosen are left out. */
  traits: Record<string, Record<string, Json>>;
}

/**
 * Checks the blocks under `auth` against the traits of the hub's environment. A value that the hub would refuse at
 * its start is an error; a trait or class that nothing reads is a warning, as the hub starts without it.
 */
export function checkTraits(auth: MapNode, chosen: Authenticator | undefined): CheckedTraits {
  const reader = new TraitReader();
  const traits: Record<string, Record<string, Json>> = {};
  const typed = isSet(entryOf(auth, "type")?.value);
  for (const entry of auth.entries) {
    if (!/^[A-Z_]/.test(entry.key)) continue;
    if (chosen !== undefined && reader.isUnused(entry, chosen, typed)) continue;
    const block = reader.readBlock(entry, chosen);
    if (block !== undefined) traits[entry.key] = block;
  }
  return { findings: reader.findings, traits };
}

function isSet(node: ConfigNode | undefined): boolean {
  return node?.kind === "scalar" && node.text !== "" && readScalar(node).type !== "null";
}

class TraitReader {
  readonly findings: Finding[] = [];

  /** Whether the block belongs to an authenticator that is not chosen, which is said. */
  isUnused({ key, keySpan }: MapEntry, chosen: Authenticator, typed: boolean): boolean {
    if (!findClass(key)?.authenticator || key === chosen.className) return false;
    if (findClass(chosen.className)?.mro.includes(key)) return false;
    if (!chosen.known && ["Authenticator", "OAuthenticator", "LocalAuthenticator"].includes(key))
      return false;
    const now = typed
      ? `\`auth.type\` chooses ${chosen.className}`
      : `without \`auth.type\` it is ${chosen.className}`;
    const message = `This block does nothing: ${now}.`;
    const short = shortNameOf(key);
    const hint =
      short === undefined
        ? "Delete the block."
        : `Write \`type: ${quoted(short)}\` under \`auth:\` to choose it, or delete the block.`;
    this.findings.push({
      severity: "warning",
      code: "unused-block",
      path: ["auth", key],
      span: keySpan,
      message,
      hint,
    });
    return true;
  }

  readBlock(
    { key, keySpan, value }: MapEntry,
    chosen: Authenticator | undefined,
  ): Record<string, Json> | undefined {
    const path = ["auth", key];
    if (value.kind === "scalar" && (value.text === "" || readScalar(value).type === "null")) return undefined;
    if (value.kind !== "map") {
      const hint = `Write keys under \`${key}:\`, each in its own line and two spaces further in.`;
      this.refuse("wrong-type", value, path, `\`auth.${key}\` is a section with keys of its own.`, hint);
      return undefined;
    }
    const known = findClass(key) ? traitsOf(key) : undefined;
    if (known === undefined && key !== chosen?.className) this.reportClass(key, keySpan);
    const block: Record<string, Json> = {};
    for (const entry of value.entries) {
      if (entry.key.startsWith("x-")) continue;
      const trait = known?.get(entry.key);
      if (known !== undefined && trait === undefined) this.reportTrait(entry, key, [...known.keys()]);
      const read = trait ? this.readTrait(entry.value, trait, [...path, entry.key]) : jsonOf(entry.value);
      if (read !== undefined && read !== null) block[entry.key] = read;
    }
    return block;
  }

  private reportClass(key: string, span: { start: number; end: number }): void {
    const meant = meantClass(key);
    const severity = meant === undefined ? "warning" : "error";
    const message =
      meant === undefined
        ? `The hub has no class \`${key}\`: its settings are passed on unchecked, and nothing may read them.`
        : `The hub has no class \`${key}\`.`;
    const hint = meant === undefined ? "Delete the block if it is not needed." : `Did you mean \`${meant}\`?`;
    this.findings.push({ severity, code: "unknown-class", path: ["auth", key], span, message, hint });
  }

  private reportTrait({ key, keySpan }: MapEntry, className: string, known: string[]): void {
    const meant = nearest(key, known);
    const severity: Severity = meant === undefined ? "warning" : "error";
    const hint = meant === undefined ? "Delete it; the hub ignores it." : `Did you mean \`${meant}\`?`;
    const message = `${className} has no setting \`${key}\`.`;
    const path = ["auth", className, key];
    this.findings.push({ severity, code: "unknown-trait", path, span: keySpan, message, hint });
  }

  private readTrait(node: ConfigNode, trait: Trait, path: Path): Json | undefined {
    const types = [trait.type].flat();
    if (node.kind === "scalar" && readScalar(node).type === "null") return undefined;
    if (node.kind === "scalar" && node.text === "" && !types.includes("text")) return undefined;
    if (types.includes("any")) return jsonOf(node);
    if (types.every((type) => type === "code")) {
      const message = `\`${path.at(-1)}\` is code, which cannot be written in this file.`;
      return this.refuse("wrong-type", node, path, message, "Delete it.");
    }
    if (node.kind === "scalar") return this.readScalarTrait(node, trait, types, path);
    if (node.kind === "map") return this.readMap(node, trait, types, path);
    if (!types.includes("list") && !types.includes("set")) return this.wrongType(node, types, path);
    if (trait.length !== undefined && node.items.length !== trait.length) {
      const message = `\`${path.at(-1)}\` has ${trait.length} items, and these are ${node.items.length}.`;
      return this.refuse("wrong-length", node, path, message, `Write ${trait.length} items.`);
    }
    const items = node.items.map((item, index) => this.readItem(item, trait, [...path, String(index)]));
    return items.filter((item) => item !== undefined);
  }

  private readMap(node: MapNode, trait: Trait, types: TraitType[], path: Path): Json | undefined {
    if (!types.includes("map")) return this.wrongType(node, types, path);
    const { values } = trait;
    if (values === undefined) return jsonOf(node);
    const entries = node.entries.map(({ key, value }): [string, Json | undefined] => [
      key,
      this.readTrait(value, { help: "", ...values }, [...path, key]),
    ]);
    return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
  }

  private readItem(item: ConfigNode, trait: Trait, path: Path): Json | undefined {
    if (trait.items !== undefined) {
      const isNull = item.kind === "scalar" && readScalar(item).type === "null";
      return isNull
        ? this.wrongType(item, [trait.items].flat(), path)
        : this.readTrait(item, { type: trait.items, help: "" }, path);
    }
    if (item.kind === "scalar" && nameSets.has(path.at(-2) ?? "")) return item.text;
    // Python's sets hold nothing that can change
    if (item.kind !== "scalar" && trait.type === "set") return this.wrongType(item, ["text"], path);
    return jsonOf(item);
  }

  private readScalarTrait(node: ScalarNode, trait: Trait, types: TraitType[], path: Path): Json | undefined {
    const value = readScalar(node);
    if (types.includes("boolean")) {
      if (value.type === "boolean") return value.value;
      if (value.type === "integer" && (value.value === 0 || value.value === 1)) return value.value === 1;
    }
    if (types.includes("size") && readSize(node) !== undefined) return readSize(node);
    if (types.includes("integer")) {
      if (value.type === "integer") return integerJson(value.value, value.digits);
      if (value.type === "float" && Number.isInteger(value.value)) return value.value;
    }
    if (types.includes("number") && (value.type === "integer" || value.type === "float")) return value.value;
    if (types.includes("choice")) return this.readChoice(node, trait, path);
    if (types.includes("text") || types.includes("class")) return node.text;
    if (types.includes("list") || types.includes("set")) return this.readSingle(node, trait, path);
    return this.wrongType(node, types, path);
  }

  private readChoice(node: ScalarNode, trait: Trait, path: Path): Json | undefined {
    const choices = trait.choices ?? [];
    const found = choices.find((choice) => String(choice) === node.text);
    if (found !== undefined) return found;
    const hint = `Write one of: ${choices.filter((choice) => typeof choice === "string").join(", ")}.`;
    return this.refuse(
      "unknown-value",
      node,
      path,
      `\`${node.text}\` is no value of \`${path.at(-1)}\`.`,
      hint,
    );
  }

  /** One value where the hub wants a list, which it would refuse. */
  private readSingle(node: ScalarNode, trait: Trait, path: Path): Json | undefined {
    const name = path.at(-1) ?? "";
    if (/[,;\s]/.test(node.text.trim())) {
      const hint = "Write one item a line, each after a dash and a space.";
      return this.refuse("text-for-list", node, path, `\`${name}\` is a list, and this is one text.`, hint);
    }
    const item = this.readItem(node, trait, [...path, "0"]);
    if (item === undefined) return undefined;
    const message = `\`${name}\` is a list; it is taken as a list with the one item \`${node.text}\`.`;
    const severity = "warning";
    const hint = `Write \`${name}: [${quoted(node.text)}]\`.`;
    this.findings.push({ severity, code: "text-for-list", path, span: node.span, message, hint });
    return [item];
  }

  private wrongType(node: ConfigNode, types: TraitType[], path: Path): undefined {
    const wanted = wordsOf(types.filter((type) => type !== "code"));
    const other = node.kind === "scalar" ? otherMeaning(node) : undefined;
    if (other !== undefined && node.kind === "scalar" && types.includes("boolean")) {
      const message = `\`${node.text}\` is ${other} in YAML 1.1, but text in YAML 1.2, which the hub refuses.`;
      return this.refuse("yaml-1.1-word", node, path, message, "Write `true` or `false`.");
    }
    const found = node.kind === "scalar" ? kindOf(node) : node.kind === "list" ? "a list" : "a section";
    const name = path.at(-1) ?? "";
    const subject = /^\d+$/.test(name) ? `An item of \`${path.at(-2)}\`` : `\`${name}\``;
    const message = `${subject} is ${wanted}, and this is ${found}.`;
    return this.refuse("wrong-type", node, path, message, `Write ${wanted}.`);
  }

  private refuse(code: string, node: ConfigNode, path: Path, message: string, hint: string): undefined {
    this.findings.push({ severity: "error", code, path, span: node.span, message, hint });
  }
}

/** Sets whose items are user names, so text even where YAML reads a number. */
const nameSets = new Set(["allowed_users", "admin_users", "blocked_users", "whitelist", "blacklist"]);

/** What may stand in a trait, in words. */
export function traitWords({ type, choices }: Trait): string {
  if (choices) return `one of ${choices.join(", ")}`;
  const types = [type].flat().filter((each) => each !== "code");
  return types.length === 0 ? "code, which this file cannot hold" : wordsOf(types);
}

function wordsOf(types: readonly TraitType[]): string {
  return types.map((type) => typeWords[type]).join(" or ");
}

const typeWords: Readonly<Record<TraitType, string>> = {
  any: "any value",
  boolean: "either true or false",
  choice: "one of a few words",
  class: "the name of a class",
  code: "code",
  integer: "a whole number",
  list: "a list",
  map: "a section",
  number: "a number",
  set: "a list",
  size: "a size",
  text: "text",
};
