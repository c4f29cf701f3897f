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

const all = readdirSync(cases).map((name) => {
  const expected = JSON.parse(readFileSync(join(cases, name, "expected.json"), "utf8")) as Expected;
  return { name, expected };
});

test.each(all.filter(({ expected }) => expected.error === undefined))("$name", ({ name, expected }) => {
  const request = readFolder(folderFiles(join(cases, name, "folder")));
  expect(request).toMatchObject(expected.request ?? {});
  const plan = venvPlan(request, expected.python ?? "3.11");
  expect(plan.requirements.map(({ text }) => text)).toEqual(expected.venv ?? []);
  expect(plan.notDone.map(({ file, what }) => `${file}: ${what}`)).toEqual(expected.notDone ?? []);
});

test.each(all.filter(({ expected }) => expected.error !== undefined))("$name is refused", (each) => {
  const { python = "3.11", error = [] } = each.expected;
  const files = folderFiles(join(cases, each.name, "folder"));
  const words = failureOf(() => venvPlan(readFolder(files), python));
  expect(error.filter((word) => !words.includes(word))).toEqual([]);
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
