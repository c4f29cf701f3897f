import { HomeroomError } from "../errors.ts";
import { extractWord, whitespace } from "./extract-word.ts";
import { isSafeText } from "./safe-text.ts";
import { isNormalizedPath, simplifyPath } from "./simplify-path.ts";
import { escapeSpecifiers } from "./specifiers.ts";
import { quoteWord, unitWordRules } from "./words.ts";

export interface ExecCommand {
  /** The program: an absolute path without odd slashes, or a name to be looked for. */
  path: string;
  /** What the process sees, from argv[0]. */
  argv: string[];
  /** `-`: a failure counts as success. */
  ignoreFailure: boolean;
  /** `:` variables are not expanded. */
  literalVariables: boolean;
  /** `+`, `!` or `!!`: which privileges the unit's settings leave it. */
  privileges: "" | "+" | "!" | "!!";
}

/**
 * What a value of ExecStart= and its like says: "ok" adds commands, "reset" empties the list, "ignored" is taken
 * with a warning (`-` before a command that cannot be), "error" makes systemd refuse the line.
 */
export type ExecValue =
  | { result: "ok"; commands: ExecCommand[] }
  | { result: "reset" }
  | { result: "ignored" | "error"; message: string };

/**
 * Reads a value of ExecStart= and its like by the rules of systemd.service(5), "Command lines". Specifiers are
 * expanded by `expand`; variables are not (`expandVariables`).
 */
export function readExecValue(value: string, expand: (text: string) => string = (text) => text): ExecValue {
  let rest: string | undefined = skipWhitespace(value);
  if (rest === "") return { result: "reset" };
  const commands: ExecCommand[] = [];
  while (rest !== undefined && rest !== "") {
    const first = takeWord(rest);
    if (first.result !== "word")
      return { result: "error", message: "The command cannot be split into words." };
    rest = first.rest;
    if (first.word === ";") continue;
    const command = readProgram(first.word, expand);
    const args = takeArguments(rest);
    const message = command.message ?? args.message;
    if (message !== undefined) return { result: command.ignoreFailure ? "ignored" : "error", message };
    rest = args.rest;
    const argv = command.ownName ? args.words.map(expand) : [command.name, ...args.words.map(expand)];
    if (argv[0] === undefined || argv[0] === "") {
      return { result: command.ignoreFailure ? "ignored" : "error", message: "The command has no argv[0]." };
    }
    const { ignoreFailure, literalVariables, privileges, path } = command;
    commands.push({ path, argv, ignoreFailure, literalVariables, privileges });
  }
  return { result: "ok", commands };
}

/**
 * The value of ExecStart= that makes the process see exactly these arguments. Throws HomeroomError where the
 * program is neither an absolute path nor a bare name, or has characters that systemd takes in no program.
 */
export function writeExecValue(
  argv: readonly [string, ...string[]],
  { ignoreFailure = false }: { ignoreFailure?: boolean } = {},
): string {
  const [program, ...args] = argv;
  const reason = /^[-@:+!|]/.test(program) ? "it begins with a prefix" : whyNoProgram(program);
  if (reason !== undefined) {
    throw new HomeroomError(`${JSON.stringify(program)} cannot be a program of a unit: ${reason}.`, {
      remedy: "Name the program by its absolute path.",
    });
  }
  // in the program's path variables are not expanded, in argv[0] they are: without expansion both say the same
  const literalVariables = program.includes("$");
  const escape = (word: string): string => {
    const escaped = escapeSpecifiers(word);
    return literalVariables ? escaped : escaped.replaceAll("$", () => "$$");
  };
  const prefix = (ignoreFailure ? "-" : "") + (literalVariables ? ":" : "");
  return [quoteWord(prefix + escape(program)), ...args.map((word) => quoteWord(escape(word)))].join(" ");
}

/**
 * Arguments with variables expanded as systemd does before it runs a command: `${A}` anywhere, `$A` as a whole word
 * (which becomes as many words as it has), `$$` for a dollar sign.
 */
export function expandVariables(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): string[] {
  return argv.flatMap((word) => {
    const whole = /^\$(?<name>[A-Za-z_]\w*)$/.exec(word)?.groups?.["name"];
    if (whole !== undefined) return wordsOfVariable(environment[whole] ?? "");
    return word.replaceAll(/\$\$|\$\{(?<name>[A-Za-z_]\w*)\}/g, (match: string, name: string | undefined) =>
      name === undefined ? match.slice(1) : (environment[name] ?? ""),
    );
  });
}

function wordsOfVariable(value: string): string[] {
  const words: string[] = [];
  let rest: string | undefined = value;
  for (;;) {
    const next = extractWord(rest, { unquote: true, relax: true, retainEscape: true });
    if (next.result !== "word") return words;
    words.push(next.word);
    rest = next.rest;
  }
}

interface Program extends Omit<ExecCommand, "argv"> {
  /** argv[0] where the arguments do not begin with it. */
  name: string;
  /** `@`: the arguments begin with argv[0]. */
  ownName: boolean;
  message: string | undefined;
}

function readProgram(word: string, expand: (text: string) => string): Program {
  let position = 0;
  let ignoreFailure = false;
  let ownName = false;
  let literalVariables = false;
  let privileges: ExecCommand["privileges"] = "";
  for (; ; position += 1) {
    const prefix = word.charAt(position);
    if (prefix === "-" && !ignoreFailure) ignoreFailure = true;
    else if (prefix === "@" && !ownName) ownName = true;
    else if (prefix === ":" && !literalVariables) literalVariables = true;
    else if ((prefix === "+" || prefix === "!") && privileges === "") privileges = prefix;
    else if (prefix === "!" && privileges === "!") privileges = "!!";
    else break;
  }
  const name = expand(word.slice(position));
  const message = whyNoProgram(name);
  return { path: simplifyPath(name), name, ownName, ignoreFailure, literalVariables, privileges, message };
}

function whyNoProgram(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (!isSafeText(name)) return "it has control characters, quotes or backslashes in it";
  if (name.endsWith("/")) return "it names a directory";
  const isBareName = !name.includes("/") && name !== "." && name !== "..";
  const isPath = name.startsWith("/") && isNormalizedPath(simplifyPath(name));
  return isBareName || isPath ? undefined : "it is neither a name nor an absolute path";
}

/** Words up to a lone `;` or the end. A `;` that is quoted or has a backslash is a word like any other. */
function takeArguments(text: string | undefined): {
  words: string[];
  rest: string | undefined;
  message?: string;
} {
  const words: string[] = [];
  let rest = text;
  while (rest !== undefined && rest !== "") {
    const semicolon = /^(?<backslash>\\?);(?:[ \t\n\r]|$)/.exec(rest);
    if (semicolon) {
      rest = skipWhitespace(rest.slice(rest.indexOf(";") + 1));
      if (semicolon.groups?.["backslash"] === "") return { words, rest };
      words.push(";");
      continue;
    }
    const next = takeWord(rest);
    if (next.result === "error") return { words, rest, message: "a quote is not closed" };
    if (next.result === "end") break;
    words.push(next.word);
    rest = next.rest;
  }
  return { words, rest: undefined };
}

/** A word of a command line: escapes that systemd does not know stay as they are. */
function takeWord(text: string): ReturnType<typeof extractWord> {
  const strict = extractWord(text, unitWordRules);
  return strict.result === "error" ? extractWord(text, { ...unitWordRules, unescapeRelax: true }) : strict;
}

function skipWhitespace(text: string): string {
  let start = 0;
  while (start < text.length && whitespace.includes(text.charAt(start))) start += 1;
  return text.slice(start);
}
