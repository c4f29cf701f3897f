import type { Config, Json } from "./config.ts";
import { effective } from "./effective.ts";
import { keyText } from "./key-path.ts";
import { schemaAt } from "./schema.ts";
import { isSecret, maskValue } from "./secrets.ts";
import { exactSize } from "./size.ts";

/** More items than these are counted instead. */
const mostItems = 10;

/** One key whose value differs. */
interface Change {
  path: readonly string[];
  was: Json | undefined;
  is: Json | undefined;
}

/** What differs between two configs, a change an item, under the keys that people write; secrets are hidden. */
export function compareConfigs(before: Config, after: Config): string[] {
  return changes(before, after).map((change) => `${keyText(change.path)} ${wordsOf(change)}`);
}

/** Whether a change is among them that running servers take up only when they are started again. */
export function waitsForNextStart(before: Config, after: Config): boolean {
  return changes(before, after).some(({ path }) => schemaAt(path)?.["x-next-start"] === true);
}

function changes(before: Config, after: Config): Change[] {
  const [was, is] = [leaves(effective(before)), leaves(effective(after))];
  const keys = [...new Set([...was.keys(), ...is.keys()])].toSorted();
  return keys
    .map((key) => ({
      path: (was.get(key) ?? is.get(key))?.path ?? [],
      was: was.get(key)?.value,
      is: is.get(key)?.value,
    }))
    .filter((change) => JSON.stringify(change.was) !== JSON.stringify(change.is));
}

interface Leaf {
  path: readonly string[];
  value: Json;
}

/** By its key, every value that is no section; what is secret is one value whatever it holds. */
function leaves(value: Json, path: readonly string[] = []): Map<string, Leaf> {
  const isSection = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isSection || "rawJSON" in value || isSecret(path)) return new Map([[keyText(path), { path, value }]]);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, [...path, key])]));
}

function wordsOf({ path, was, is }: Change): string {
  if (Array.isArray(was) && Array.isArray(is)) return listWords(path, was, is);
  const [shownWas, shownIs] = [shown(path, was), shown(path, is)];
  return shownWas === shownIs ? "changed" : `${shownWas} -> ${shownIs}`;
}

function listWords(path: readonly string[], was: readonly Json[], is: readonly Json[]): string {
  const [had, has] = [was, is].map((list) => new Set(list.map((item) => text(maskValue(item, path)))));
  const words = [
    ...counted(
      "+",
      [...(has ?? [])].filter((item) => !had?.has(item)),
    ),
    ...counted(
      "-",
      [...(had ?? [])].filter((item) => !has?.has(item)),
    ),
  ];
  if (words.length > 0) return words.join(" ");
  return sorted(was) === sorted(is) ? "in another order" : "changed";
}

function sorted(list: readonly Json[]): string {
  return list.map(text).toSorted().join("\n");
}

function counted(sign: string, items: readonly string[]): string[] {
  return items.length > mostItems ? [`${sign}${items.length}`] : items.map((item) => `${sign}${item}`);
}

function shown(path: readonly string[], value: Json | undefined): string {
  if (value === undefined || value === null || value === "") return "(none)";
  if (typeof value === "number" && schemaAt(path)?.["x-kind"] === "size") return exactSize(value);
  return text(maskValue(value, path));
}

function text(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
