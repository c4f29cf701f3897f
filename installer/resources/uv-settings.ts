import { parse, type TomlTable } from "smol-toml";
import type { PackageSources } from "./package-sources.ts";

/** What a uv.toml says of where packages come from; one that is no TOML says nothing. */
export function settingsOfUv(text: string): PackageSources {
  const table = tableOf(text);
  const pip = isTable(table["pip"]) ? table["pip"] : {};
  const indexes = list(table["index"]).filter(isTable);
  const addresses = (isDefault: boolean) =>
    indexes
      // An explicit one is asked for single packages of a project alone.
      .filter((index) => (index["default"] === true) === isDefault && index["explicit"] !== true)
      .flatMap(({ url }) => (typeof url === "string" ? [url] : []));
  const word = (name: string) => [pip[name], table[name]].find((value) => typeof value === "string");
  const words = (name: string) => {
    const found = [...list(pip[name]), ...list(table[name])].filter((value) => typeof value === "string");
    return found.length === 0 ? undefined : found;
  };
  const extra = [...addresses(false), ...(words("extra-index-url") ?? [])];
  const found = {
    index: addresses(true)[0] ?? word("index-url"),
    extraIndexes: extra.length === 0 ? undefined : extra,
    findLinks: words("find-links"),
    httpProxy: word("http-proxy"),
    httpsProxy: word("https-proxy"),
    noProxy: words("no-proxy")?.join(","),
    insecureHosts: words("allow-insecure-host"),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

function tableOf(text: string): TomlTable {
  try {
    return parse(text);
  } catch {
    return {};
  }
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
