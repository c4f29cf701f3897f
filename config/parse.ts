import { parseDocument } from "yaml";
import type { Document, YAMLError } from "yaml";
import type { MapNode } from "./document.ts";
import { foldLongLists, unfoldLongLists } from "./long-lists.ts";
import type { LongList } from "./long-lists.ts";
import type { Finding } from "./problem.ts";
import { syntaxFinding } from "./syntax.ts";
import { readTree } from "./tree.ts";

/** More text than this is not a config. */
const largestText = 1024 * 1024;

export interface Parsed {
  findings: readonly Finding[];
  /** The tree; undefined where the text cannot be read as one mapping. An empty file is an empty map. */
  root?: MapNode;
  /** What the YAML library made of the text, where there is a tree; for edits, which need its places. */
  document?: Document.Parsed;
}

/** An edit, the check of it and the rules read the same text one after the other. */
let latest: { text: string; parsed: Parsed } | undefined;

/** Reads YAML into a tree with positions. What is wrong with the syntax is in `findings`; never throws. */
export function parse(text: string): Parsed {
  if (latest?.text !== text) latest = { text, parsed: parseAnew(text) };
  return latest.parsed;
}

function parseAnew(text: string): Parsed {
  const early = unreadable(text);
  if (early) return { findings: [early] };
  const folded = foldLongLists(text);
  const parsed = parseFolded(folded.text, folded.lists);
  return parsed ?? parseFolded(text, new Map()) ?? { findings: [] };
}

function unreadable(text: string): Finding | undefined {
  if (Buffer.byteLength(text) > largestText) {
    return wholeFile(
      "too-large",
      "The file is larger than 1 MiB.",
      "A config is small; keep data elsewhere.",
    );
  }
  const control = /[^\P{Cc}\t\n\r]|[\u2028\u2029\uFFFE\uFFFF]|(?<!^)\uFEFF/u.exec(text);
  if (!control) return undefined;
  const code = control[0].charCodeAt(0);
  return {
    severity: "error",
    code: code === 0 ? "nul-byte" : "control-character",
    path: [],
    span: { start: control.index, end: control.index + 1 },
    message: `There is an invisible character here (U+${code.toString(16).toUpperCase().padStart(4, "0")}).`,
    hint: "Delete it, or save the file again as plain UTF-8 text.",
  };
}

function wholeFile(code: string, message: string, hint: string): Finding {
  return { severity: "error", code, path: [], span: { start: 0, end: 1 }, message, hint };
}

const tooDeep = wholeFile("too-deep", "The file is nested too deeply.", "A config has few levels.");

/** Undefined where a folded list turned out to be something else, so that the text must be read unfolded. */
function parseFolded(text: string, lists: ReadonlyMap<string, LongList>): Parsed | undefined {
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      schema: "failsafe",
      version: "1.2",
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "error",
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { findings: [tooDeep] };
  }
  if (document.errors.some(({ message }) => message.includes("call stack"))) return { findings: [tooDeep] };
  if (document.errors.length > 0 && lists.size > 0) return undefined;
  const findings = document.errors.slice(0, 1000).map((error: YAMLError) => syntaxFinding(error, text));
  if (findings.length > 0) return { findings: firstOfEachLine(findings, text) };
  const version = document.directives?.yaml;
  if (version?.explicit && version.version !== "1.2") {
    const hint = "Delete the %YAML line: the config is YAML 1.2.";
    return { findings: [wholeFile("yaml-version", `The file asks for YAML ${version.version}.`, hint)] };
  }
  try {
    return unfoldLongLists(document, lists) ? readTree(text, document) : undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { findings: [tooDeep] };
  }
}

/** One mistake in YAML often makes a string of errors: those after the first in a line say nothing new. */
function firstOfEachLine(findings: Finding[], text: string): Finding[] {
  const lines = new Set<number>();
  return findings.filter(({ span }) => {
    const line = text.lastIndexOf("\n", span.start - 1);
    return lines.has(line) ? false : lines.add(line);
  });
}
