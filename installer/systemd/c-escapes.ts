import { byteToText, encodeText, isCleanText, joinBytes } from "./bytes.ts";

export interface UnescapeOptions {
  /** Keeps what cannot be read, backslash included, instead of refusing the text. */
  relaxed?: boolean;
  /** Lets an escape stand for the NUL character, which C strings cannot hold. */
  acceptNul?: boolean;
}

/** The text that C escapes stand for (systemd.syntax(7), "Quoting"); undefined where one cannot be read. */
export function unescapeC(
  text: string,
  { relaxed = false, acceptNul = false }: UnescapeOptions = {},
): string | undefined {
  let result = "";
  let position = 0;
  while (position < text.length) {
    const backslash = text.indexOf("\\", position);
    if (backslash === -1) break;
    result += text.slice(position, backslash);
    const escape = readEscape(text, backslash + 1, acceptNul);
    if (escape) {
      result += escape.text;
      position = backslash + 1 + escape.length;
    } else if (relaxed) {
      result += text.slice(backslash, backslash + 2);
      position = backslash + 2;
    } else {
      return undefined;
    }
  }
  return joinBytes(result + text.slice(position));
}

/** Text with C escapes for everything but printable ASCII, as systemd itself prints it. */
export function escapeC(text: string): string {
  return Array.from(encodeText(text), escapeByte).join("");
}

/** The escape whose letter is at `position` (after the backslash), and how many characters it takes. */
export function readEscape(
  text: string,
  position: number,
  acceptNul = false,
): { text: string; length: number } | undefined {
  const named = namedEscapes.get(text.charAt(position));
  if (named !== undefined) return { text: named, length: 1 };
  for (const { pattern, base, bytes } of numericEscapes) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (!match?.groups) continue;
    const value = Number.parseInt(match.groups["digits"] ?? "", base);
    if (value === 0 && !acceptNul) return undefined;
    if (bytes ? value > 0xff : !isCharacter(value)) return undefined;
    return { text: bytes ? byteToText(value) : String.fromCodePoint(value), length: match[0].length };
  }
  return undefined;
}

const namedEscapes = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
  ['"', '"'],
  ["'", "'"],
  ["s", " "],
]);

const numericEscapes = [
  { pattern: /x(?<digits>[\da-fA-F]{2})/y, base: 16, bytes: true },
  { pattern: /(?<digits>[0-7]{3})/y, base: 8, bytes: true },
  { pattern: /u(?<digits>[\da-fA-F]{4})/y, base: 16, bytes: false },
  { pattern: /U(?<digits>[\da-fA-F]{8})/y, base: 16, bytes: false },
];

const lettersOfBytes = new Map(
  Array.from(namedEscapes, ([letter, character]) => [character.charCodeAt(0), letter] as const).filter(
    ([byte]) => byte !== 0x20,
  ),
);

function isCharacter(value: number): boolean {
  return value <= 0x10ffff && isCleanText(String.fromCodePoint(value));
}

function escapeByte(byte: number): string {
  const letter = lettersOfBytes.get(byte);
  if (letter !== undefined) return `\\${letter}`;
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\${byte.toString(8).padStart(3, "0")}`;
}
