import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeTarball } from "../../../scripts/release/tarball.ts";

const deep = `package/${"directory/".repeat(12)}file-with-a-name.txt`;
const long = `package/${"a".repeat(92)}`;
const entries = [
  { path: "package/bin/run", content: Buffer.from("#!/bin/sh\n"), executable: true },
  { path: "package/empty", content: Buffer.alloc(0) },
  { path: "package/block", content: Buffer.alloc(512, "x") },
  { path: deep, content: Buffer.from("deep\n") },
  { path: long, content: Buffer.from("just fits\n") },
  { path: `${long}b`, content: Buffer.from("doesn't\n") },
];

test("tar reads back what was packed: content, modes, long paths", () => {
  const directory = mkdtempSync(join(tmpdir(), "homeroom-tarball-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  writeFileSync(join(directory, "it.tgz"), makeTarball(entries));
  execFileSync("tar", ["-xzf", join(directory, "it.tgz"), "-C", directory]);
  for (const { path, content, executable = false } of entries) {
    expect(readFileSync(join(directory, path))).toEqual(content);
    expect(statSync(join(directory, path)).mode & 0o777).toBe(executable ? 0o755 : 0o644);
  }
});

test("the same content gives the same bytes", () => {
  expect(makeTarball(entries)).toEqual(makeTarball(structuredClone(entries)));
});
