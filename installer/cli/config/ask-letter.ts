import { createInterface } from "node:readline";

/**
 * Asks until one of the letters is typed. The end of the input and Ctrl-C answer undefined, as does an input that
 * is no terminal once it has nothing more to say.
 */
export async function askLetter(question: string, letters: readonly string[]): Promise<string | undefined> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve) => {
      const ask = (): void => {
        reader.question(`${question} `, (answer) => {
          const letter = letters.find((known) => known === answer.trim());
          if (letter === undefined) ask();
          else resolve(letter);
        });
      };
      reader.once("close", () => resolve(undefined));
      reader.once("SIGINT", () => reader.close());
      ask();
    });
  } finally {
    reader.close();
  }
}
