import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Charge } from "../../../templates/proxy/charge.ts";

function instances() {
  const directory = mkdtempSync(join(tmpdir(), "charge-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "in-charge");
  return { a: new Charge(file, "a"), b: new Charge(file, "b"), file };
}

test("whoever took charge last is the successor of the other", () => {
  const { a, b, file } = instances();
  expect(a.hasSuccessor()).toBe(false);
  a.take();
  expect([a.hasSuccessor(), b.hasSuccessor()]).toEqual([false, true]);
  b.take();
  expect([a.hasSuccessor(), b.hasSuccessor()]).toEqual([true, false]);
  expect(readFileSync(file, "utf8")).toBe("b");
});

test("only who is in charge can give it up; then nobody has a successor", () => {
  const { a, b } = instances();
  b.take();
  a.release();
  expect(a.hasSuccessor()).toBe(true);
  b.release();
  expect([a.hasSuccessor(), b.hasSuccessor()]).toEqual([false, false]);
});
