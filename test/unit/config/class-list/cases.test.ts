import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { decodeList } from "../../../../config/class-list/decode.ts";
import { mergeClassList } from "../../../../config/class-list/merge-class-list.ts";
import { readClassList } from "../../../../config/class-list/read-class-list.ts";
import { loadRoster } from "../../../../config/roster/load-roster.ts";
import { cellsOf, editRoster } from "../../../../config/roster/edit-roster.ts";
import { accountName } from "../../../../installer/desired/account-name.ts";

const folder = join(import.meta.dirname, "../../../cases/class-list");
const files = globSync("*.csv", { cwd: folder }).toSorted();

/** What a list says of whom, a line each, after the columns that were recognised. */
function inWords(file: string): string {
  const list = readClassList(decodeList(readFileSync(join(folder, file))));
  const { added, repeated, unclear } = mergeClassList(list, { present: [] });
  const columns = list.columns.flatMap(({ header, number, field }) =>
    field === undefined ? [] : [`${header || number}: ${field}`],
  );
  return [
    ...columns,
    `nobody in lines: ${list.skipped.join(" ")}`,
    ...(repeated.length === 0 ? [] : [`again in lines: ${repeated.join(" ")}`]),
    ...unclear.map(({ line, why }) => `line ${line}: ${why}`),
    "",
    ...added.map(({ after: { username, name, email, id, groups } }) =>
      [username, name, email, id, groups.join(" ")].join(" | "),
    ),
    "",
  ].join("\n");
}

test.each(files)("%s is read as it is meant", async (file) => {
  await expect(inWords(file)).toMatchFileSnapshot(join(folder, `${basename(file, ".csv")}.expect`));
});

test.each(files)("%s makes a roster without a mistake", (file) => {
  const list = readClassList(decodeList(readFileSync(join(folder, file))));
  const { added } = mergeClassList(list, { present: [] });
  const text = editRoster(undefined, { add: added.map(({ after }) => cellsOf(after)) });
  const { problems, entries } = loadRoster(text, { accountOf: accountName });
  expect(problems).toEqual([]);
  expect(entries).toEqual(added.map(({ after }) => after));
});
