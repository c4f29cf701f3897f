import { HomeroomError } from "../errors.ts";
import { encodeText, isCleanText } from "./bytes.ts";
import { extractWord, type WordRules } from "./extract-word.ts";

/** The rules by which ExecStart=, Environment= and their like are split. */
export const unitWordRules: WordRules = { unquote: true, cUnescape: true };

/** The words of a value by the given rules; undefined where a quote is open or an escape cannot be read. */
export function splitWords(value: string, rules: WordRules = unitWordRules): string[] | undefined {
  const words: string[] = [];
  let rest: string | undefined = value;
  for (;;) {
    const next = extractWord(rest, rules);
    if (next.result === "error") return undefined;
    if (next.result === "end") return words;
    words.push(next.word);
    rest = next.rest;
  }
}

/**
 * A word as it must be written in a unit file so that `splitWords` gives it back: in double quotes where it needs
 * them, never with a line break in it. Specifiers and variables are the caller's matter.
 */
export function quoteWord(word: string): string {
  if (word.includes("\0")) {
    throw new HomeroomError("A word with a NUL character cannot stand in a unit file.", {
      remedy: "Take the NUL character out.",
    });
  }
  if (/^[\w@%+=:,./$-]+$/.test(word)) return word;
  return `"${Array.from(word, quoteCharacter).join("")}"`;
}

function quoteCharacter(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  if (character === "\n") return String.raw`\n`;
  if (character === "\t") return String.raw`\t`;
  const isPlain = character >= " " && character !== "\x7f" && isCleanText(character);
  return isPlain ? character : Array.from(encodeText(character), hexEscape).join("");
}

function hexEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
