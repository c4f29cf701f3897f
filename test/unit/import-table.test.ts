import { join } from "node:path";
import { expect, test } from "vitest";
import { findViolations, readSources } from "../../scripts/import-table.ts";

const host = 'import type { HostReader } from "../host/host.ts";';

test("the modules import what the table allows, and nothing else", () => {
  const sources = readSources(join(import.meta.dirname, "../.."));
  expect(sources.has("installer/host/host.ts")).toBe(true);
  expect(findViolations(sources)).toEqual([]);
});

test.for([
  ["config/a.ts", 'import { stat } from "node:fs/promises";'],
  ["config/a.ts", 'import { b } from "../installer/errors.ts";'],
  ["config/a.ts", 'import yaml from "yaml/../evil";\nimport chalk from "chalk";'],
  ["installer/systemd/a.ts", host],
  ["installer/plan/a.ts", 'import { createHost } from "../host/local-host.ts";'],
  ["installer/plan/a.ts", 'import { type HostReader, createHost } from "../host/host.ts";'],
  ["installer/plan/a.ts", 'import * as host from "../host/host.ts";'],
  ["installer/health/a.ts", 'export { b } from "../../config/b.ts";'],
  ["installer/health/a.ts", 'import "../host/host.ts";'],
  ["installer/health/a.ts", 'import b, {\n  type C,\n} from "../host/host.ts";'],
  ["installer/apply/a.ts", 'const later = await import("../cli/main.ts");'],
  ["installer/sandbox/a.ts", 'import { b } from "../cli/b.ts";'],
  ["installer/resources/a.ts", 'import { execa } from "execa";'],
  ["installer/resources/a.ts", "import { spawn } from 'child_process';"],
  ["installer/extra/a.ts", host],
] as const)("in %s a forbidden import is found: %s", ([file, text]) => {
  const lines = text.split("\n").length;
  const line = text.startsWith("import b") ? 1 : lines;
  expect(findViolations(new Map([[file, text]]))).toEqual([{ file, line, message: expect.any(String) }]);
});

test.for([
  ["config/a.ts", 'import { parseDocument } from "yaml";\nimport { Ajv2020 } from "ajv/dist/2020.js";'],
  ["installer/plan/a.ts", host],
  ["installer/plan/a.ts", 'import {\n  type HostReader,\n  type Host,\n} from "../host/host.ts";'],
  [
    "installer/health/a.ts",
    'import type { Config } from "../../config/config.ts";\nimport { b } from "./b.ts";',
  ],
  ["installer/sandbox/a.ts", 'import { createHost } from "../host/local-host.ts";'],
  ["installer/cli/a.ts", 'import { b } from "../apply/b.ts";\nimport chalk from "chalk";'],
] as const)("in %s an allowed import is none: %s", ([file, text]) => {
  expect(findViolations(new Map([[file, text]]))).toEqual([]);
});
