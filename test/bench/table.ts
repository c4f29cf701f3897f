import { alignColumns } from "../../installer/cli/align-columns.ts";
import { verdictOf, type Bound, type Figure } from "./figure.ts";
import type { Result } from "./results.ts";

const head = ["what", "ours", "beside it", "ratio", "must", "aim", "reached", "n"];

/** Figures as aligned columns, for a terminal. */
export function plainTable(figures: readonly Figure[]): string {
  return alignColumns([head, ...figures.map(cells)]);
}

/** Results as a table of Markdown, with the commit that was measured and how busy the machine was. */
export function markdownTable(results: readonly Result[]): string {
  const line = (words: readonly string[]) => `| ${words.join(" | ")} |`;
  const heads = [...head, "load", "commit"];
  const rows = results.flatMap(({ figures, load, commit }) =>
    figures.map((figure) => line([...cells(figure), load.map((one) => one.toFixed(1)).join(" → "), commit])),
  );
  return [line(heads), line(heads.map(() => "---")), ...rows].join("\n");
}

function cells(figure: Figure): string[] {
  const { ours, beside, ratio, reached } = verdictOf(figure);
  const words = { aim: "aim", must: "must", missed: "MISSED", neither: "" };
  return [
    figure.what,
    amount(ours, figure.unit),
    beside === undefined ? "" : `${amount(beside, figure.unit)} ${figure.beside?.name ?? ""}`,
    ratio === undefined ? "" : rounded(ratio),
    boundary(figure.must, figure.unit),
    boundary(figure.aim, figure.unit),
    words[reached],
    `${figure.ours.length}`,
  ];
}

function boundary(bound: Bound | undefined, unit: string): string {
  if (bound === undefined) return "";
  return "ratio" in bound ? `× ${rounded(bound.ratio)}` : `≤ ${amount(bound.most, unit)}`;
}

function amount(value: number, unit: string): string {
  return `${rounded(value)} ${unit}`;
}

/** Three digits that say something; whole numbers as they are. */
function rounded(value: number): string {
  return Number.isInteger(value) ? `${value}` : `${Number(value.toPrecision(3))}`;
}
