const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Bytes as text. systemd's strings are bytes and need not be UTF-8, so each byte that is not becomes one lone
 * surrogate, U+DC80 to U+DCFF, and `encodeText` gives exactly the same bytes back.
 */
export function decodeBytes(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return decodeOddBytes(bytes);
  }
}

/** Text as bytes: the reverse of `decodeBytes`. */
export function encodeText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  const parts = Array.from(text, (character) => {
    const byte = oddByte(character);
    return byte === undefined ? Buffer.from(character, "utf8") : Buffer.of(byte);
  });
  return Buffer.concat(parts);
}

/** One byte as text; several such bytes side by side may still have to be joined to a character (`joinBytes`). */
export function byteToText(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

/** Whether systemd takes this as UTF-8: it wants no bytes that are none, and no code points that are no characters. */
export function isCleanText(text: string): boolean {
  return text.isWellFormed() && !/\p{Noncharacter_Code_Point}/u.test(text);
}

/** Joins bytes that stand side by side, as octal or hex escapes leave them, to the characters that they make. */
export function joinBytes(text: string): string {
  return text.isWellFormed() ? text : decodeBytes(encodeText(text));
}

/** The byte that a lone surrogate stands for. */
function oddByte(character: string): number | undefined {
  const code = character.charCodeAt(0);
  return character.length === 1 && code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : undefined;
}

function decodeOddBytes(bytes: Uint8Array): string {
  let text = "";
  let position = 0;
  while (position < bytes.length) {
    const length = characterLength(bytes, position);
    if (length === 0) {
      text += byteToText(bytes[position] ?? 0);
      position += 1;
    } else {
      text += utf8.decode(bytes.subarray(position, position + length));
      position += length;
    }
  }
  return text;
}

/** Length in bytes of the UTF-8 character that begins here; 0 where none does. */
function characterLength(bytes: Uint8Array, position: number): number {
  const first = bytes[position] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  try {
    utf8.decode(bytes.subarray(position, position + length));
    return length;
  } catch {
    return 0;
  }
}
