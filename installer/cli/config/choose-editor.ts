import { access, constants } from "node:fs/promises";
import { basename, delimiter, join } from "node:path";
import { HomeroomError } from "../../errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The editor's argv: of SUDO_EDITOR, VISUAL or EDITOR (with arguments, quotes and backslashes as in a shell), else
 * the first that is on this machine.
 * @throws HomeroomError where there is none.
 */
export async function chooseEditor(env: Environment): Promise<string[]> {
  const named = [env["SUDO_EDITOR"], env["VISUAL"], env["EDITOR"]].find((value) => value?.trim());
  if (named !== undefined) return splitWords(named);
  for (const name of ["sensible-editor", "nano", "vi"]) if (await isOnPath(name, env)) return [name];
  throw new HomeroomError("There is no editor on this machine.", {
    remedy: "Install one (sudo apt-get install nano), or name one: sudo EDITOR=… homeroom config edit",
  });
}

/** Arguments that open a file at a line, in the way of those editors that have one. */
export function fileArguments(editor: string, file: string, line: number | undefined): string[] {
  const takesLine = /^(?:n?vim?|vim\..*|nano|rnano|pico|emacs|emacsclient|joe|micro|sensible-editor|mcedit)$/;
  return line !== undefined && takesLine.test(basename(editor)) ? [`+${line}`, file] : [file];
}

/** Words as a shell splits them: quotes keep spaces, a backslash keeps the next character. */
function splitWords(text: string): string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) =>
    word.replace(
      /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g,
      (_, double?: string, single?: string, escaped?: string) =>
        double === undefined ? (single ?? escaped ?? "") : double.replace(/\\(["\\$`])/g, "$1"),
    ),
  );
}

async function isOnPath(name: string, env: Environment): Promise<boolean> {
  for (const directory of (env["PATH"] ?? "/usr/bin:/bin").split(delimiter)) {
    try {
      await access(join(directory, name), constants.X_OK);
      return true;
    } catch {
      // Not in this directory.
    }
  }
  return false;
}
