/**
 * The words of a command line that ends where it is being typed; the last one is begun, or empty behind a space.
 * Quotes and backslashes are read as a shell does; a quote may still be open.
 */
export function splitLine(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [, space, single, double, escaped, plain] of line.matchAll(
    /(\s+)|'([^']*)'?|"((?:\\.|[^"\\])*)"?|\\(.)|([^\s'"\\]+)/gs,
  )) {
    if (space === undefined) {
      word = (word ?? "") + (single ?? double?.replaceAll(/\\(["\\$`])/g, "$1") ?? escaped ?? plain ?? "");
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return [...words, word ?? ""];
}
