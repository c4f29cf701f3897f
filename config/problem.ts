import { maskLine } from "./secrets.ts";
import type { Span } from "./document.ts";

export type Severity = "error" | "warning";

/** One error or warning about the config. */
export interface Problem {
  severity: Severity;
  /** Stable name of the kind of problem, as in `unknown-key`. */
  code: string;
  /** JSON pointer to the key or value; "" is the whole file. */
  path: string;
  /** From 1. */
  line: number;
  /** From 1, in characters. */
  column: number;
  /** What is wrong. */
  message: string;
  /** What would be right. */
  hint: string;
  /** The line of the text, secrets masked; of a very long line the part around the column. */
  excerpt: string;
  /** Where in the excerpt the column is, from 1. */
  excerptColumn: number;
  /** How many characters of the excerpt the problem is about, at least 1. */
  length: number;
}

/** A problem as the checks find it: at a place of the text, not yet at a line. */
export interface Finding {
  severity: Severity;
  code: string;
  path: readonly string[];
  span: Span;
  message: string;
  hint: string;
}

/** A JSON pointer (RFC 6901) of path parts. */
function pointer(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Turns findings into problems with line, column and excerpt; errors first, then by place in the text. */
export function locate(findings: readonly Finding[], text: string): Problem[] {
  if (findings.length === 0) return [];
  const starts = lineStarts(text);
  return findings
    .toSorted((a, b) => rank(a) - rank(b) || a.span.start - b.span.start)
    .slice(0, mostProblems)
    .map((finding) => problemAt(finding, text, starts));
}

/** Nobody reads more than this; a file of garbage has many. */
const mostProblems = 1000;
/** Characters of a line that are worth showing. */
const longestExcerpt = 160;

function rank(finding: Finding): number {
  return finding.severity === "error" ? 0 : 1;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function problemAt({ span, path, ...finding }: Finding, text: string, starts: readonly number[]): Problem {
  const start = Math.min(span.start, text.length);
  const line = lineOf(start, starts);
  const from = starts[line - 1] ?? 0;
  const to = (starts[line] ?? text.length + 1) - 1;
  const raw = text
    .slice(from, to)
    .replace(/\r$/, "")
    .replace(/^\uFEFF/, "");
  const column = characters(text.slice(from, start).replace(/^\uFEFF/, "")) + 1;
  const within = characters(text.slice(start, Math.min(Math.max(span.end, start + 1), to)).trimEnd());
  const { severity, code } = finding;
  const cut = column > longestExcerpt - 40 ? column - 80 : 0;
  return {
    severity,
    code,
    path: pointer(path),
    line,
    column,
    message: visible(finding.message),
    hint: visible(finding.hint),
    excerpt: excerptOf(raw, cut),
    excerptColumn: column - cut,
    length: Math.min(Math.max(1, within), longestExcerpt - (column - cut) + 1),
  };
}

/** The number (from 1) of the line that holds an offset. */
function lineOf(offset: number, starts: readonly number[]): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

function characters(text: string): number {
  return text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}

/** Text from the config in one line, without what would act on a terminal: as in `\u{1b}`. */
function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** The part of a line that is shown; nothing of a very long line that may hold a secret. */
function excerptOf(line: string, cut: number): string {
  if (line.length <= 4 * longestExcerpt) return maskLine(line).slice(cut, cut + longestExcerpt);
  return /secret|passw|token|private_key|cookie/i.test(line) ? "" : line.slice(cut, cut + longestExcerpt);
}
