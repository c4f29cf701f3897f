import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HomeroomError } from "../../../installer/errors.ts";
import { readExecValue } from "../../../installer/systemd/exec-command.ts";
import { expandSpecifiers } from "../../../installer/systemd/specifiers.ts";
import { UnitFile } from "../../../installer/systemd/unit-file.ts";
import { splitWords } from "../../../installer/systemd/words.ts";

const archive = join(
  process.env["HOMEROOM_CASES"] ?? join(import.meta.dirname, "../../../../shared/cases"),
  "systemd-fuzz-units.tar.gz",
);

const found = existsSync(archive);
const notFound = `cases not found at ${archive}, 32 not run`;
if (!found) process.stderr.write(`${notFound}\n`);

test("odd unit files neither crash the parser nor hang it", ({ skip }) => {
  if (!found) skip(notFound);
  const directory = mkdtempSync(join(tmpdir(), "homeroom-odd-units-"));
  try {
    execFileSync("tar", ["-xzf", archive, "-C", directory]);
    const files = readdirSync(directory, { recursive: true, encoding: "utf8" })
      .map((name) => join(directory, name))
      .filter((path) => statSync(path).isFile());
    expect(files).toHaveLength(32);
    for (const path of files) tryEverything(readFileSync(path));
  } finally {
    rmSync(directory, { recursive: true });
  }
});

function tryEverything(content: Buffer): void {
  const unit = new UnitFile(content);
  expect(unit.toBytes().equals(content)).toBe(true);
  for (const node of unit.nodes) {
    if (node.kind !== "assignment") continue;
    splitWords(node.value);
    readExecValue(node.value);
    expect(refusal(() => expandSpecifiers(node.value, { unit: "a@b.service" }))).not.toBe("bug");
  }
}

function refusal(run: () => string): "none" | "told" | "bug" {
  try {
    run();
    return "none";
  } catch (error) {
    return error instanceof HomeroomError ? "told" : "bug";
  }
}
