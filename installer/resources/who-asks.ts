import { HomeroomError } from "../errors.ts";
import type { FolderPart } from "./folder-part.ts";

/**
 * An error about packages that cannot be had or do not go together, with who asks for those that it names: the config
 * and the folder of `environment.from` say so in different places.
 */
export function whoAsks(
  error: unknown,
  declared: readonly string[],
  folder: FolderPart | undefined,
): unknown {
  if (!(error instanceof HomeroomError) || folder === undefined) return error;
  const asked = [
    ...declared.map((text) => ({ text, where: "environment.packages" })),
    ...folder.requirements.map(({ text, file }) => ({ text, where: `${file} of ${folder.address}` })),
  ];
  const said = normal(`${error.message} ${error.remedy}`);
  const lines = asked
    .filter(({ text }) => isNamed(nameOf(text), said))
    .map(({ text, where }) => `${where} asks for \`${text.replace(/ @ .*/s, "")}\`.`);
  if (lines.length === 0) return error;
  return new HomeroomError(error.message, {
    remedy: `${lines.join("\n")}\n${error.remedy}`,
    exitCode: error.exitCode,
    cause: error,
  });
}

function nameOf(text: string): string {
  return normal(/^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(text.trim())?.[0] ?? "");
}

function normal(text: string): string {
  return text.replaceAll(/[-_.]+/g, "-").toLowerCase();
}

function isNamed(name: string, said: string): boolean {
  return name !== "" && new RegExp(`(?<![a-z0-9-])${name}(?![a-z0-9-])`).test(said);
}
