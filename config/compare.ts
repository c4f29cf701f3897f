import type { Config, Json } from "./config.ts";
import { effective } from "./effective.ts";
import { maskValue } from "./secrets.ts";
import { exactSize } from "./size.ts";

/** Keys whose numbers are bytes. */
const sizes = /(?:^|\.)(?:memory|reserve)$/;

/** What differs between two configs, a change an item, under the keys that people write; secrets are hidden. */
export function compareConfigs(before: Config, after: Config): string[] {
  const [was, is] = [flat(effective(before)), flat(effective(after))];
  const keys = [...new Set([...was.keys(), ...is.keys()])].toSorted();
  return keys.flatMap((key) => changeOf(key, was.get(key), is.get(key)));
}

function changeOf(key: string, was: Json | undefined, is: Json | undefined): string[] {
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  if (Array.isArray(was) && Array.isArray(is)) {
    const [had, has] = [was.map(text), is.map(text)];
    const added = has.filter((item) => !had.includes(item)).map((item) => `+${item}`);
    const gone = had.filter((item) => !has.includes(item)).map((item) => `-${item}`);
    const moved = added.length + gone.length === 0 ? ["in another order"] : [];
    return [`${key} ${[...added, ...gone, ...moved].join(" ")}`];
  }
  const [shownWas, shownIs] = [shown(key, was), shown(key, is)];
  return [shownWas === shownIs ? `${key} changed` : `${key} ${shownWas} -> ${shownIs}`];
}

function shown(key: string, value: Json | undefined): string {
  if (value === undefined || value === null || value === "") return "(none)";
  if (typeof value === "number" && sizes.test(key)) return exactSize(value);
  const hidden = maskValue(value, key.slice(key.lastIndexOf(".") + 1));
  return text(hidden);
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
