import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HomeroomError } from "../../../installer/errors.ts";
import { readFolder } from "../../../installer/repo2docker/read-folder.ts";
import { venvPlan } from "../../../installer/repo2docker/venv-plan.ts";
import { folderFiles } from "./case-folder.ts";

const cases = join(import.meta.dirname, "../../cases/repo2docker");

interface Expected {
  /** The machine's Python; "3.11" where it does not matter. */
  python?: string;
  /** What readFolder finds, as far as it matters here. */
  request?: Record<string, unknown>;
  /** Requirements under venv, without the files that they stand in. */
  venv?: string[];
  /** What is said not to be done under venv: "file: what". */
  notDone?: string[];
  /** Words that the error holds. */
  error?: string[];
}

test.each(readdirSync(cases).filter((name) => !name.includes(".")))("%s", (name) => {
  const expected = JSON.parse(readFileSync(join(cases, name, "expected.json"), "utf8")) as Expected;
  const { python = "3.11", error } = expected;
  const files = folderFiles(join(cases, name, "folder"));
  if (error !== undefined) {
    const words = failureOf(() => venvPlan(readFolder(files), python));
    for (const each of error) expect(words).toContain(each);
    return;
  }
  const request = readFolder(files);
  expect(request).toMatchObject(expected.request ?? {});
  const plan = venvPlan(request, python);
  expect(plan.requirements.map(({ text }) => text)).toEqual(expected.venv ?? []);
  expect(plan.notDone.map(({ file, what }) => `${file}: ${what}`)).toEqual(expected.notDone ?? []);
});

function failureOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof HomeroomError) return `${error.message}\n${error.remedy}`;
    throw error;
  }
  throw new Error("nothing failed");
}
