import { defaultWords, exampleText, keyReferences, kindWords, summaryOf } from "../../../config/reference.ts";
import type { KeyReference } from "../../../config/reference.ts";
import { keyPath } from "../../../config/key-path.ts";
import { traitWords } from "../../../config/traits.ts";
import { findClass, traitsOf } from "../../../config/authenticators.ts";
import { print } from "./output.ts";
import { unknownKey } from "./unknown-key.ts";

/** `homeroom config reference`: every key in a line each, or one key or section in full. */
export function printReference(key: string | undefined): void {
  const references = keyReferences();
  if (key === undefined)
    return print(
      references
        .filter(({ section }) => !section)
        .map(oneLine)
        .join("\n"),
    );
  const path = keyPath(key);
  const found = references.filter(({ path: own }) => matches(own.slice(0, path.length), path));
  const text = found.length > 0 ? found.map(inFull).join("\n\n") : settingsText(path);
  if (text === undefined) throw unknownKey(key);
  print(text);
}

/** The settings of an authenticator, a line each, or one in full; undefined where the path names none. */
function settingsText([section, className = "", name, ...more]: readonly string[]): string | undefined {
  if (section !== "auth" || findClass(className) === undefined || more.length > 0) return undefined;
  const traits = traitsOf(className);
  const head = `auth.${className}`;
  if (name === undefined) {
    return [...traits]
      .map(([each, { help }]) => `${`${head}.${each}`.padEnd(56)} ${firstLine(help)}`)
      .join("\n");
  }
  const trait = traits.get(name);
  if (trait === undefined) return undefined;
  const fallback = trait.default === undefined ? "no default" : JSON.stringify(trait.default);
  const lines = trait.help
    .trim()
    .split("\n")
    .flatMap((line) => (line.trim() === "" ? [""] : wrapped(line.trim())));
  return [`${head}.${name}`, ...lines, `  ${traitWords(trait)}; default: ${fallback}`].join("\n");
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}

function matches(own: readonly string[], path: readonly string[]): boolean {
  return own.length === path.length && own.every((part, index) => part === path[index] || part === "<name>");
}

function oneLine({ path, part }: KeyReference): string {
  return `${path.join(".").padEnd(36)} ${summaryOf(part)}`;
}

function inFull(reference: KeyReference): string {
  const { path, part, section } = reference;
  const example = exampleText(reference);
  return [
    path.join("."),
    ...wrapped(plain(part.description ?? "")),
    ...(section ? [] : [`  ${plain(kindWords(part))}; default: ${plain(defaultWords(part))}`]),
    ...(part["x-tljh"] ? ["  as in TLJH"] : []),
    ...(example === undefined ? [] : example.split("\n").map((line) => `    ${line}`)),
  ].join("\n");
}

function plain(text: string): string {
  return text.replaceAll("`", "");
}

function wrapped(text: string): string[] {
  return (text.match(/\S.{0,74}(?:\s|$)/g) ?? []).map((line) => `  ${line.trimEnd()}`);
}
