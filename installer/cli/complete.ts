import { Command } from "commander";
import { createHost } from "../host/local-host.ts";
import { candidatesFor } from "./completion/candidates.ts";
import { knownNames } from "./completion/known-names.ts";
import { splitLine } from "./completion/split-line.ts";
import { print } from "./context.ts";

/**
 * `homeroom complete`, which the shells ask at each Tab: what is typed after `homeroom` up to the cursor, as words
 * or with --line as one text. Says in its first line what the shell shall add itself (`words`: nothing), then a
 * candidate a line, with its description behind a tab.
 * @param load the program with the commands that these words need
 */
export function completeCommand(load: (words: readonly string[]) => Promise<Command>): Command {
  return new Command("complete")
    .argument("[words...]")
    .option("--line", "the words are one text, as it stands in the shell")
    .action(async (words: string[], { line }: { line?: true }) => {
      const typed = line ? splitLine(words.join(" ")).slice(1) : words;
      const root = rootOf(typed);
      const { completions, shells } = await candidatesFor(
        await load(typed),
        typed,
        knownNames(createHost(root === undefined ? {} : { root })),
      );
      const lines = completions.map(({ value, description }) =>
        description === "" ? value : `${value}\t${description}`,
      );
      print([shells ?? "words", ...lines].join("\n"));
    });
}

function rootOf(words: readonly string[]): string | undefined {
  const at = words.indexOf("--root");
  return at < 0 || at + 1 >= words.length - 1 ? undefined : words[at + 1];
}
