import { styleText } from "node:util";
import type { Problem } from "./problem.ts";

export interface FormatOptions {
  /** What the text is called in front of line and column. */
  file: string;
  color?: boolean;
}

/** The problems with a code frame each, for people. */
export function formatProblems(problems: readonly Problem[], { file, color = false }: FormatOptions): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const frames = problems.map((problem) => {
    const tint = problem.severity === "error" ? "red" : "yellow";
    const number = String(problem.line);
    const gutter = " ".repeat(number.length);
    const before = problem.excerpt.slice(0, problem.excerptColumn - 1).replace(/[^\t]/gu, " ");
    return [
      `${file}:${problem.line}:${problem.column} ${paint(["bold", tint], problem.severity)} ${problem.message}`,
      `${paint("dim", `  ${number} |`)} ${problem.excerpt}`,
      `${paint("dim", `  ${gutter} |`)} ${before}${paint(tint, "^".repeat(problem.length))}`,
      `${gutter}    ${problem.hint}`,
    ].join("\n");
  });
  return [...frames, `${countProblems(problems)}.`].join("\n\n");
}

/** As in "2 errors and 1 warning". */
export function countProblems(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  const parts = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? "error" : "errors"}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? "warning" : "warnings"}`] : []),
  ];
  return parts.join(" and ") || "No problems";
}

/** The stable shape of `--json`. */
export function problemsToJson(problems: readonly Problem[]): string {
  const listed = problems.map(({ severity, code, path, line, column, message, hint }) => {
    return { severity, code, path, line, column, message, hint };
  });
  return JSON.stringify({ problems: listed }, null, 2);
}
