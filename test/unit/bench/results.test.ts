import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Figure } from "../../bench/figure.ts";
import { keepResults, type Result } from "../../bench/results.ts";
import { plainTable } from "../../bench/table.ts";

const figures: Figure[] = [
  {
    what: "login",
    unit: "s",
    ours: [0.5, 0.7, 0.6],
    beside: { name: "stock", samples: [2.4] },
    must: { ratio: 0.4 },
    aim: { ratio: 0.2 },
  },
  { what: "failed requests", unit: "of 2000", ours: [1], must: { most: 0 } },
];

const result = (row: string, date: string): Result => ({
  row,
  date,
  commit: "abc",
  machine: "2 cores",
  load: [0.24, 1.8],
  figures,
});

test("a table says what was measured, beside what, against which bounds, and how it ended", () => {
  expect(plainTable(figures)).toBe(
    [
      "what             ours       beside it    ratio  must         aim    reached  n",
      "login            0.6 s      2.4 s stock  0.25   × 0.4        × 0.2  must     3",
      "failed requests  1 of 2000                      ≤ 0 of 2000         MISSED   1",
    ].join("\n"),
  );
});

test("a row that is measured again replaces itself, and rows that are gone leave", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bench-results-"));
  try {
    await keepResults(
      folder,
      [result("login", "2026-01-01"), result("memory", "2026-01-01"), result("gone", "2026-01-01")],
      ["memory", "login"],
    );
    await keepResults(folder, [result("login", "2026-02-02")], ["memory", "login"]);
    const page = await readFile(join(folder, "RESULTS.md"), "utf8");
    expect(page.match(/^## .*$/gm)).toEqual(["## 2026-01-01. 2 cores", "## 2026-02-02. 2 cores"]);
    expect(page).toContain(
      "| login | 0.6 s | 2.4 s stock | 0.25 | × 0.4 | × 0.2 | must | 3 | 0.2 → 1.8 | abc |",
    );
    expect(page).not.toContain("What to know");
    await writeFile(join(folder, "notes.md"), "## What to know\n");
    await keepResults(folder, [], ["memory", "login"]);
    expect(await readFile(join(folder, "RESULTS.md"), "utf8")).toMatch(/\n\n## What to know\n$/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
