/** Whether a text has no control characters, quotes or backslashes: what systemd asks of programs and sections. */
export function isSafeText(text: string): boolean {
  return !Array.from(text).some((character) => character < " " || `\x7f"'\\`.includes(character));
}
