import type { Config, Json } from "./config.ts";
import { effective } from "./effective.ts";
import { schemaAt } from "./schema.ts";
import { maskValue } from "./secrets.ts";
import { exactSize } from "./size.ts";

/** Keys whose numbers are bytes. */
const sizes = /(?:^|\.)(?:memory|reserve)$/;

/** More items than these are counted instead. */
const mostItems = 10;

/** What differs between two configs, a change an item, under the keys that people write; secrets are hidden. */
export function compareConfigs(before: Config, after: Config): string[] {
  const [was, is] = [flat(effective(before)), flat(effective(after))];
  return changedKeys(was, is).map((key) => changeOf(key, was.get(key), is.get(key)));
}

/** Whether a change is among them that running servers take up only when they are started again. */
export function waitsForNextStart(before: Config, after: Config): boolean {
  const keys = changedKeys(flat(effective(before)), flat(effective(after)));
  return keys.some((key) => schemaAt(key.split("."))?.["x-next-start"] === true);
}

function changedKeys(was: ReadonlyMap<string, Json>, is: ReadonlyMap<string, Json>): string[] {
  const keys = [...new Set([...was.keys(), ...is.keys()])].toSorted();
  return keys.filter((key) => JSON.stringify(was.get(key)) !== JSON.stringify(is.get(key)));
}

function changeOf(key: string, was: Json | undefined, is: Json | undefined): string {
  if (Array.isArray(was) && Array.isArray(is)) {
    const [had, has] = [itemsOf(key, was), itemsOf(key, is)];
    const added = listed(
      "+",
      [...has].filter((item) => !had.has(item)),
    );
    const gone = listed(
      "-",
      [...had].filter((item) => !has.has(item)),
    );
    const moved = added.length + gone.length === 0 ? ["in another order"] : [];
    return `${key} ${[...added, ...gone, ...moved].join(" ")}`;
  }
  const [shownWas, shownIs] = [shown(key, was), shown(key, is)];
  return shownWas === shownIs ? `${key} changed` : `${key} ${shownWas} -> ${shownIs}`;
}

function itemsOf(key: string, list: readonly Json[]): Set<string> {
  return new Set(list.map((item) => text(maskValue(item, leafOf(key)))));
}

function listed(sign: string, items: readonly string[]): string[] {
  return items.length > mostItems ? [`${sign}${items.length}`] : items.map((item) => `${sign}${item}`);
}

function shown(key: string, value: Json | undefined): string {
  if (value === undefined || value === null || value === "") return "(none)";
  if (typeof value === "number" && sizes.test(key)) return exactSize(value);
  return text(maskValue(value, leafOf(key)));
}

function leafOf(key: string): string {
  return key.slice(key.lastIndexOf(".") + 1);
}

function text(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function flat(value: Json, path = ""): Map<string, Json> {
  if (value === null || typeof value !== "object" || Array.isArray(value) || "rawJSON" in value) {
    return new Map([[path, value]]);
  }
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...flat(inner, path === "" ? key : `${path}.${key}`)]),
  );
}
