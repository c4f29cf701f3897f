import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { createHost } from "../../../installer/host/local-host.ts";
import { descendants, killTree, processTable } from "../../../installer/sandbox/process-table.ts";

test("descendants are found in any order of the table, and nobody else", () => {
  const entry = (pid: number, parent: number) => ({ pid, parent, inner: [pid], command: "x" });
  const table = [entry(5, 4), entry(4, 3), entry(3, 1), entry(1, 0), entry(9, 1)];
  expect([...descendants(table, 3)].toSorted((a, b) => a - b)).toEqual([3, 4, 5]);
});

test("a killed process is gone when the promise resolves, with what only it kept alive", async () => {
  const host = createHost();
  const child = spawn("unshare", ["--pid", "--fork", "--kill-child=KILL", "sleep", "100"], {
    stdio: "ignore",
  });
  await once(child, "spawn");
  const { pid = 0 } = child;
  let family = new Set<number>();
  for (let tries = 0; tries < 100 && family.size < 2; tries += 1)
    family = descendants(await processTable(host), pid);
  expect(family.size).toBe(2);
  await killTree(host, pid);
  const left = (await processTable(host)).filter((entry) => family.has(entry.pid));
  expect(left).toEqual([]);
});
