import { joinBytes } from "./bytes.ts";
import { readEscape } from "./c-escapes.ts";

/** How the next word is taken; each is off where nothing is said. The names are systemd's own. */
export interface WordRules {
  /** Characters between words; space, tab, line feed and carriage return where nothing is said. */
  separators?: string;
  /** Quotes group, and are removed. */
  unquote?: boolean;
  /** Quotes group, and stay. */
  keepQuote?: boolean;
  /** C escapes are read. */
  cUnescape?: boolean;
  /** A backslash before a separator or a backslash takes its meaning away. */
  unescapeSeparators?: boolean;
  /** An escape that cannot be read stays as it is instead of being an error. */
  unescapeRelax?: boolean;
  /** Backslashes mean nothing and stay. */
  retainEscape?: boolean;
  /** An open quote or a backslash at the end is no error. */
  relax?: boolean;
  /** Each separator ends a word, so there are empty words. */
  dontCoalesceSeparators?: boolean;
  /** The separator after the word stays in the rest. */
  retainSeparators?: boolean;
}

/** `rest` is undefined once the text is used up, and "" where one more, empty word may follow. */
export type ExtractedWord =
  | { result: "word"; word: string; rest: string | undefined }
  | { result: "end" }
  | { result: "error"; reason: "quote" | "escape"; rest: string };

export const whitespace = " \t\n\r";

/** Takes the next word off a text, by the rules of unit files and the other texts that systemd splits. */
export function extractWord(text: string | undefined, rules: WordRules = {}): ExtractedWord {
  if (text === undefined) return { result: "end" };
  const separators = rules.separators ?? whitespace;
  const isSeparator = (position: number): boolean => separators.includes(text.charAt(position));
  const afterSeparator = (position: number): string =>
    text.slice(position + (rules.retainSeparators ? 0 : 1));

  let position = 0;
  if (!rules.dontCoalesceSeparators) {
    while (position < text.length && isSeparator(position)) position += 1;
    if (position === text.length) return { result: "end" };
  }

  let word = "";
  let quote: string | undefined;
  while (position < text.length) {
    const character = text.charAt(position);
    if (character === "\\" && !rules.retainEscape) {
      const escape = readBackslash(text, position + 1, quote !== undefined, separators, rules);
      if (!escape) return { result: "error", reason: "escape", rest: text.slice(position + 1) };
      word += escape.text;
      position += 1 + escape.length;
    } else if (quote !== undefined) {
      if (character !== quote || !rules.unquote) word += character;
      if (character === quote) quote = undefined;
      position += 1;
    } else if (`'"`.includes(character) && (rules.unquote || rules.keepQuote)) {
      if (!rules.unquote) word += character;
      quote = character;
      position += 1;
    } else if (isSeparator(position)) {
      if (rules.dontCoalesceSeparators || rules.retainSeparators) {
        return { result: "word", word: joinBytes(word), rest: afterSeparator(position) };
      }
      while (position < text.length && isSeparator(position)) position += 1;
      const rest = position < text.length ? text.slice(position) : undefined;
      return { result: "word", word: joinBytes(word), rest };
    } else {
      word += character;
      position += 1;
    }
  }
  if (quote !== undefined && !rules.relax) return { result: "error", reason: "quote", rest: "" };
  return { result: "word", word: joinBytes(word), rest: undefined };
}

/** What a backslash and the characters after it stand for. */
function readBackslash(
  text: string,
  position: number,
  quoted: boolean,
  separators: string,
  rules: WordRules,
): { text: string; length: number } | undefined {
  if (position === text.length) {
    if (rules.unescapeRelax && (!quoted || rules.relax)) return { text: "\\", length: 0 };
    return rules.relax ? { text: "", length: 0 } : undefined;
  }
  const character = text.charAt(position);
  if (!rules.cUnescape && !rules.unescapeSeparators) return { text: character, length: 1 };
  const escape = rules.cUnescape ? readEscape(text, position) : undefined;
  if (escape) return escape;
  if (rules.unescapeSeparators && (character === "\\" || separators.includes(character))) {
    return { text: character, length: 1 };
  }
  return rules.unescapeRelax ? { text: `\\${character}`, length: 1 } : undefined;
}
