import { parseRequirement } from "../../config/requirement.ts";
import type { Asked, FolderRequest, NotDone } from "./folder-request.ts";
import { pathWithin } from "./path-within.ts";
import { unreadable } from "./unreadable.ts";

/** What lines of a requirements.txt ask for. */
export type PipRequest = Pick<FolderRequest, "pip" | "sources" | "own" | "notDone">;

/**
 * Reads a requirements.txt and the files that it names with `-r`.
 * @param texts contents by path; a file that is named and is not among them is an error
 * @throws HomeroomError that names file and line
 */
export function readRequirementsFile(path: string, texts: Readonly<Record<string, string>>): PipRequest {
  const request: PipRequest = { pip: [], sources: [], own: [], notDone: [] };
  readInto(request, path, texts, new Set());
  return request;
}

/** The same for lines that stand in another file (`pip:` in environment.yml). */
export function readRequirementLines(
  lines: readonly string[],
  file: string,
  texts: Readonly<Record<string, string>>,
): PipRequest {
  const request: PipRequest = { pip: [], sources: [], own: [], notDone: [] };
  for (const line of lines) readLine(request, { line: withoutComment(line), file }, texts, new Set([file]));
  return request;
}

function readInto(
  request: PipRequest,
  path: string,
  texts: Readonly<Record<string, string>>,
  seen: Set<string>,
): void {
  if (seen.has(path)) return;
  seen.add(path);
  for (const line of logicalLines(texts[path] ?? "")) readLine(request, { line, file: path }, texts, seen);
}

/** Lines without comments; one that ends with a backslash goes on in the next. */
function logicalLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .replaceAll(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map(withoutComment)
    .filter((line) => line !== "");
}

function withoutComment(line: string): string {
  return line.replace(/(?:^|\s)#.*$/, "").trim();
}

function readLine(
  request: PipRequest,
  { line, file }: { line: string; file: string },
  texts: Readonly<Record<string, string>>,
  seen: Set<string>,
): void {
  if (line === "") return;
  const option = /^(?<name>-[a-zA-Z]|--[a-z-]+)(?:\s*=\s*|\s*)(?<value>.*)$/.exec(line)?.groups;
  if (option !== undefined) {
    const { name = "", value = "" } = option;
    if (name === "-r" || name === "--requirement") return readNamed(request, value, file, texts, seen);
    if (name === "-e" || name === "--editable") return readPackage(request, value, file);
    const why = reasons[name];
    if (why === null) return;
    // An index's address may hold a password.
    request.notDone.push({ what: name, file, why: why ?? "this option has no counterpart here" });
    return;
  }
  readPackage(
    request,
    line.replace(/\s--(?:hash|global-option|install-option|config-settings)\b.*$/, ""),
    file,
  );
}

function readNamed(
  request: PipRequest,
  value: string,
  file: string,
  texts: Readonly<Record<string, string>>,
  seen: Set<string>,
): void {
  const path = pathWithin(file, value.replaceAll(/^["']|["']$/g, ""));
  if (path === undefined || texts[path] === undefined)
    throw unreadable(file, `it names ${value}, which is no text file in the folder.`);
  readInto(request, path, texts, seen);
}

/** A name with versions, an address, or a path in the folder. */
function readPackage(request: PipRequest, text: string, file: string): void {
  const asked: Asked = { text: text.trim(), file };
  if (/\$\{\w+\}/.test(text)) {
    const why = "it needs a variable of whoever installs it";
    return void request.notDone.push({ what: withoutPassword(asked.text), file, why } satisfies NotDone);
  }
  const [, named, address] =
    /^(?:([^@\s]+(?:\[[^\]]*\])?)\s*@\s*)?((?:[a-z]+\+)?[a-z]+:\/\/\S+)/.exec(asked.text) ?? [];
  if (address !== undefined && !address.startsWith("file:"))
    return readAddress(request, asked, address, named);
  if (address === undefined && parseRequirement(asked.text) !== undefined)
    return void request.pip.push(asked);
  readPath(request, asked, address?.replace(/^file:(?:\/\/)?/, "") ?? asked.text);
}

function readAddress(request: PipRequest, asked: Asked, address: string, named: string | undefined): void {
  const wheel = /\/(?<name>[A-Za-z0-9_.]+)-[^/-]+(?:-[^/]+)?-[^/-]+-[^/-]+-[^/-]+\.whl(?:[#?]\S*)?$/.exec(
    address,
  );
  if (wheel === null || !/^https?:/.test(address)) return void request.sources.push(asked);
  const name = named ?? (wheel.groups?.["name"] ?? "").replaceAll("_", "-");
  const marker = /\s;\s*(?<marker>.+)$/.exec(asked.text)?.groups?.["marker"];
  const text = `${name} @ ${address.replace(/#egg=.*$/, "")}${marker === undefined ? "" : ` ; ${marker}`}`;
  if (parseRequirement(text) === undefined)
    throw unreadable(asked.file, `\`${withoutPassword(asked.text)}\` does not name a package.`);
  request.pip.push({ text, file: asked.file });
}

function readPath(request: PipRequest, asked: Asked, written: string): void {
  const [, place = "", extras = ""] = /^(.*?)(\[[A-Za-z0-9._,\s-]*\])?(?:\s*;.*)?$/.exec(written) ?? [];
  if (!/^\.{0,2}\/|^\.{1,2}$|\//.test(place)) {
    throw unreadable(asked.file, `\`${asked.text}\` does not name a package.`);
  }
  const path = pathWithin(asked.file, place);
  if (path === undefined) throw unreadable(asked.file, `\`${asked.text}\` lies outside of the folder.`);
  request.own.push({ text: `${path}${extras}`, file: asked.file });
}

function withoutPassword(text: string): string {
  return text.replace(/\/\/[^@/\s]*@/, "//");
}

const ownIndex = "packages come from the index that this machine is set up for";

/** Options that change nothing here have no reason. */
const reasons: Readonly<Record<string, string | null>> = {
  "-i": ownIndex,
  "--index-url": ownIndex,
  "--extra-index-url": ownIndex,
  "--no-index": ownIndex,
  "-f": ownIndex,
  "--find-links": ownIndex,
  "--trusted-host": ownIndex,
  "-c": "constraints are not read: write the versions into requirements.txt",
  "--constraint": "constraints are not read: write the versions into requirements.txt",
  "--pre": "a pre-release comes only where it is asked for by its version",
  "--no-binary": "packages are installed ready-made",
  "--only-binary": null,
  "--prefer-binary": null,
  "--require-hashes": null,
  "--use-feature": null,
};
