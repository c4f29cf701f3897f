import type { Problem } from "../../config/problem.ts";
import { exitCodes, HomeroomError } from "../errors.ts";

/** Ends the command with every error of a file. @throws HomeroomError (exit code 78), always. */
export function refuseErrors(problems: readonly Problem[], path: string): never {
  const errors = problems.filter(({ severity }) => severity === "error");
  throw new HomeroomError(
    `${path} has ${errors.length === 1 ? "an error" : `${errors.length} errors`}; nothing was changed.`,
    {
      remedy: errors.map((problem) => inWords(problem, path)).join("\n"),
      exitCode: exitCodes.invalidConfig,
    },
  );
}

/** A problem as compilers write it, so that editors can jump to it. */
export function inWords(
  { line, column, severity, message, hint, excerpt, excerptColumn }: Problem,
  path: string,
): string {
  const mark = excerpt === "" ? "" : `\n    ${excerpt}\n    ${" ".repeat(excerptColumn - 1)}^`;
  return `${path}:${line}:${column}: ${severity}: ${message} ${hint}${mark}`;
}
