import { isCleanText } from "./bytes.ts";
import { whitespace } from "./extract-word.ts";
import { isSafeText } from "./safe-text.ts";

interface Node {
  /** The text as it stands in the file, line ends and continuation lines included. */
  raw: string;
  /** Line of its beginning, from 1. */
  line: number;
  /** The file ends in the middle of it: a line put after it would continue it. */
  open: boolean;
}

export interface Section extends Node {
  kind: "section";
  name: string;
}

export interface Assignment extends Node {
  kind: "assignment";
  section: string;
  key: string;
  /** Continuation lines joined, surrounding whitespace gone; quotes, escapes and specifiers as written. */
  value: string;
}

/** Comments, blank lines, and whatever systemd does not take (there is a problem for each of these). */
export interface Remark extends Node {
  kind: "remark";
}

export type UnitNode = Section | Assignment | Remark;

export interface UnitProblem {
  /** "error": systemd refuses the whole file; "warning": it ignores the line. */
  severity: "error" | "warning";
  /** From 1. */
  line: number;
  message: string;
}

/** systemd's limit for a line and for continuation lines together, in bytes. */
export const longestLine = 1024 * 1024;

/**
 * Reads a unit file's text by the rules of systemd.syntax(7). The nodes' raw texts joined are the text again,
 * whatever is in it. After an error the rest of the file is one remark, as systemd takes nothing of it.
 */
export function readUnitNodes(text: string): { nodes: UnitNode[]; problems: UnitProblem[] } {
  const nodes: UnitNode[] = [];
  const problems: UnitProblem[] = [];
  let section: string | undefined;
  for (const statement of readStatements(text)) {
    const { raw, line, content, open } = statement;
    const read = statement.error ?? readStatement(content, section);
    if (typeof read === "string" || read.kind === "remark") {
      nodes.push({ kind: "remark", raw, line, open });
      if (typeof read === "string") problems.push({ severity: "warning", line, message: read });
    } else if (read.kind === "error") {
      problems.push({ severity: "error", line, message: read.message });
      const rest = text.slice(nodes.reduce((length, node) => length + node.raw.length, 0));
      nodes.push({ kind: "remark", raw: rest, line, open });
      break;
    } else if (read.kind === "section") {
      section = read.name;
      nodes.push({ kind: "section", name: read.name, raw, line, open });
    } else {
      nodes.push({ ...read, raw, line, open });
    }
  }
  return { nodes, problems };
}

interface Statement extends Node {
  /** The lines of the statement joined, comments among them left out. */
  content: string;
  error: UnitError | undefined;
}

interface UnitError {
  kind: "error";
  message: string;
}

/** Lines joined to statements: a backslash at the end of a line becomes a space and the next line follows. */
function* readStatements(text: string): Generator<Statement> {
  let line = 0;
  let begun: { raw: string; line: number; parts: string[]; bytes: number } | undefined;
  for (const { raw, content } of readLines(text)) {
    line += 1;
    begun ??= { raw: "", line, parts: [], bytes: 0 };
    begun.raw += raw;
    const isComment = /^[#;]/.test(content);
    const isContinued = !isComment && endsInBackslash(content);
    if (!isComment) {
      begun.parts.push(isContinued ? `${content.slice(0, -1)} ` : content);
      begun.bytes += Buffer.byteLength(content);
    }
    const error = whyRefused(content, begun.bytes);
    if (error === undefined && (isContinued || (isComment && begun.parts.length > 0))) continue;
    yield { raw: begun.raw, line: begun.line, content: begun.parts.join(""), open: false, error };
    begun = undefined;
  }
  if (begun) {
    yield { raw: begun.raw, line: begun.line, content: begun.parts.join(""), open: true, error: undefined };
  }
}

function whyRefused(content: string, bytes: number): UnitError | undefined {
  if (content.includes("\0")) return { kind: "error", message: "The line has a NUL character in it." };
  if (bytes > longestLine) return { kind: "error", message: "The line is longer than 1 MiB." };
  return undefined;
}

/** Lines with their ends; the content comes without them, without leading whitespace and byte order mark. */
function* readLines(text: string): Generator<{ raw: string; content: string }> {
  for (const match of text.matchAll(/([^\r\n]*)(\r\n|\n\r|\n|\r|$)/g)) {
    const [raw, line = ""] = match;
    if (raw === "") continue;
    const withoutMark = match.index === 0 ? line.replace(/^\uFEFF/, "") : line;
    yield { raw, content: withoutMark.replace(/^[ \t]+/, "") };
  }
}

/** Whether the last backslash is not itself escaped by one before it. */
export function endsInBackslash(content: string): boolean {
  let start = content.length;
  while (content.charAt(start - 1) === "\\") start -= 1;
  return (content.length - start) % 2 === 1;
}

type Read =
  | { kind: "section"; name: string }
  | { kind: "assignment"; section: string; key: string; value: string }
  | { kind: "remark" }
  | UnitError;

/** What a statement says; a string is a warning: why systemd ignores it. */
function readStatement(content: string, section: string | undefined): Read | string {
  const statement = strip(content);
  if (statement === "") return { kind: "remark" };
  if (!isCleanText(statement)) return "The line is not UTF-8 and is ignored.";
  if (statement.startsWith("[")) return readHeader(statement);
  if (section === undefined) return "The line stands before any section and is ignored.";
  const equals = statement.indexOf("=");
  if (equals === -1) return "The line has no = and is ignored.";
  if (equals === 0) return "The line has no key before its = and is ignored.";
  const key = strip(statement.slice(0, equals));
  return { kind: "assignment", section, key, value: strip(statement.slice(equals + 1)) };
}

function readHeader(statement: string): Read {
  if (!statement.endsWith("]")) return { kind: "error", message: "The section header has no ] at its end." };
  const name = statement.slice(1, -1);
  if (name === "") return { kind: "error", message: "The section header has no name." };
  if (!isSectionName(name)) {
    return {
      kind: "error",
      message: "The section header has control characters, quotes or backslashes in it.",
    };
  }
  return { kind: "section", name };
}

/** Whether systemd takes this as a section's name. */
export function isSectionName(name: string): boolean {
  return name !== "" && isSafeText(name);
}

/** Without the whitespace at both ends that systemd takes off (not all that `trim` would). */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && whitespace.includes(text.charAt(start))) start += 1;
  while (end > start && whitespace.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
