import { totalmem } from "node:os";
import { effective } from "../../../config/effective.ts";
import { nodeAt } from "../../../config/document.ts";
import { formatProblems } from "../../../config/format.ts";
import { keyPath, keyText } from "../../../config/key-path.ts";
import { parse } from "../../../config/parse.ts";
import { entryLines, flow } from "../../../config/render.ts";
import { readScalar } from "../../../config/scalar.ts";
import { schemaAt } from "../../../config/schema.ts";
import { maskText, maskValue } from "../../../config/secrets.ts";
import { exactSize } from "../../../config/size.ts";
import { jsonOf, treeOf } from "../../../config/values.ts";
import type { Json } from "../../../config/config.ts";
import type { ConfigNode, MapNode } from "../../../config/document.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import { narrate, print, wantsColor } from "./output.ts";
import { readText } from "./read-text.ts";
import { unknownKey } from "./unknown-key.ts";

interface ShowOptions {
  root?: string;
  effective?: true;
  origin?: true;
  json?: true;
  file?: string;
  reveal?: true;
}

interface Shown {
  file: string;
  bytes: Uint8Array;
  text: string;
  /** Undefined where the text cannot be parsed. */
  root: MapNode | undefined;
}

/** `homeroom config show`: what is written; with --effective or --origin what holds and where it comes from. */
export async function showConfig(key: string | undefined, options: ShowOptions): Promise<void> {
  const shown = await load(options);
  const path = key === undefined ? [] : keyPath(key);
  if (options.origin) return showOrigins(path, key, shown, options);
  const value = options.effective ? valueAt(await effectiveOf(shown), path) : writtenAt(shown, path);
  if (value === undefined) throw absent(key ?? "", path);
  if (options.json) return print(JSON.stringify(hidden(value, path, options), undefined, 2));
  if (path.length === 0 && !options.effective) {
    return print(options.reveal ? shown.text : maskText(shown.text, shown.root));
  }
  print(asYaml(withSizes(hidden(value, path, options), path)));
}

/** `homeroom config get`: one value, as it is written, else its default. */
export async function getConfig(key: string, options: ShowOptions): Promise<void> {
  const shown = await load(options);
  const path = keyPath(key);
  const node = shown.root && nodeAt(shown.root, path);
  const value = valueAt(await effectiveOf(shown), path) ?? (node && jsonOf(node));
  if (value === undefined) throw absent(key, path);
  const visible = hidden(value, path, options);
  if (options.json) return print(JSON.stringify(visible, undefined, 2));
  const asWritten =
    node?.kind === "scalar" && node.text !== "" && visible === value && typeof value !== "object";
  print(asWritten ? node.text : asYaml(withSizes(visible, path)));
}

async function load({ file, root }: ShowOptions): Promise<Shown> {
  const { file: name, bytes } = await readText(file, root);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return { file: name, bytes, text, root: parse(text).root };
}

/** @throws HomeroomError (exit code 78) where the config has errors, after showing them. */
async function effectiveOf({ file, bytes }: Shown): Promise<Json> {
  // Most of the language, which what is written needs nothing of.
  const { loadConfig } = await import("../../../config/load.ts");
  const { config, problems } = loadConfig(bytes, { allowNotYet: true });
  if (config) return effective(config, totalmem());
  narrate(formatProblems(problems, { file, color: wantsColor(process.stderr) }));
  throw new HomeroomError("The config has errors, so nothing holds.", {
    remedy: "Correct them: sudo homeroom config edit",
    exitCode: exitCodes.invalidConfig,
  });
}

function writtenAt({ root, text }: Shown, path: readonly string[]): Json | undefined {
  const node = root && nodeAt(root, path);
  if (root === undefined && path.length === 0) return text;
  return node && jsonOf(node);
}

function valueAt(tree: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, key) => {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value)) return value[Number(key)];
    return Object.hasOwn(value, key) ? value[key] : undefined;
  }, tree);
}

function absent(key: string, path: readonly string[]): HomeroomError {
  if (schemaAt(path) === undefined) return unknownKey(key);
  return new HomeroomError(`\`${key}\` is not set.`, {
    remedy: `What it does: homeroom config reference ${key}`,
  });
}

function hidden(value: Json, path: readonly string[], { reveal }: ShowOptions): Json {
  return reveal ? value : maskValue(value, path);
}

/** Bytes as people write sizes. */
function withSizes(value: Json, path: readonly string[]): Json {
  if (typeof value === "number") return schemaAt(path)?.["x-kind"] === "size" ? exactSize(value) : value;
  if (typeof value !== "object" || value === null || Array.isArray(value) || "rawJSON" in value) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withSizes(inner, [...path, key])]),
  );
}

function asYaml(value: Json): string {
  const tree = treeOf(value);
  if (tree.kind === "scalar") return tree.text;
  if (tree.kind === "list") return tree.items.map((item) => `- ${flow(item)}`).join("\n");
  return tree.entries.flatMap((entry) => entryLines([entry.key], entry.value, 0)).join("\n");
}

interface Origin {
  key: string;
  value: Json;
  origin: "written" | "default" | "computed";
  line?: number;
}

async function showOrigins(
  path: readonly string[],
  key: string | undefined,
  shown: Shown,
  options: ShowOptions,
): Promise<void> {
  const value = valueAt(await effectiveOf(shown), path);
  if (value === undefined) throw absent(key ?? "", path);
  const origins = leaves(hidden(value, path, options), [...path]).map(([leaf, inner]) =>
    originOf(leaf, inner, shown),
  );
  if (options.json) return print(JSON.stringify(origins, undefined, 2));
  const lines = origins.map(({ key, value, origin, line }) => {
    const words = {
      written: `written in line ${line}`,
      default: "default",
      computed: `computed from this machine${line === undefined ? "" : ` (auto, line ${line})`}`,
    };
    return { left: `${key}: ${flow(treeOf(withSizes(value, keyPath(key))))}`, right: words[origin] };
  });
  const width = Math.min(60, Math.max(...lines.map(({ left }) => left.length)));
  print(lines.map(({ left, right }) => `${left.padEnd(width)}  # ${right}`).join("\n"));
}

/** Every value that is not a section, with its path; an empty section counts as a value. */
function leaves(value: Json, path: string[]): [string[], Json][] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || "rawJSON" in value)
    return [[path, value]];
  const inner = Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]));
  return inner.length === 0 ? [[path, value]] : inner;
}

function originOf(path: string[], value: Json, { root, text }: Shown): Origin {
  const key = keyText(path);
  const node = root && (nodeAt(root, path) ?? listInBlock(root, path, value));
  if (node !== undefined && isSet(node, path)) {
    const line = text.slice(0, node.span.start).split("\n").length;
    const auto = node.kind === "scalar" && schemaAt(path)?.["x-words"]?.includes(node.text) === true;
    return { key, value, origin: auto ? "computed" : "written", line };
  }
  return { key, value, origin: schemaAt(path)?.["x-computed"] ? "computed" : "default" };
}

/** null is a value where it means one. */
function isSet(node: ConfigNode, path: readonly string[]): boolean {
  if (node.kind !== "scalar") return true;
  return node.text !== "" && (schemaAt(path)?.["x-null"] !== undefined || readScalar(node).type !== "null");
}

/** Lists of people may also stand in an authenticator's block. */
function listInBlock(root: ConfigNode, [section, list]: string[], value: Json): ConfigNode | undefined {
  const auth =
    section === "users" && Array.isArray(value) && value.length > 0 ? nodeAt(root, ["auth"]) : undefined;
  const names: Record<string, string[]> = {
    allowed: ["allowed_users", "whitelist"],
    banned: ["blocked_users", "blacklist"],
    admin: ["admin_users"],
  };
  if (auth?.kind !== "map") return undefined;
  return auth.entries
    .flatMap(({ value: block }) => (names[list ?? ""] ?? []).map((name) => nodeAt(block, [name])))
    .find((node) => node !== undefined);
}
