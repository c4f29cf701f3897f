import { mkdtemp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Journal } from "../../../installer/apply/journal.ts";
import { tasksCommand } from "../../../installer/cli/tasks.ts";
import { createHost } from "../../../installer/host/local-host.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "homeroom-tasks-"));
  await mkdir(join(root, "var/lib/homeroom"), { recursive: true });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true, force: true });
});

/** What the command prints. */
async function run(...args: string[]): Promise<string> {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  const program = new Command().option("--root <directory>").addCommand(tasksCommand());
  await program.parseAsync(["--root", root, "tasks", ...args], { from: "user" });
  return written.join("");
}

async function record(id: string, failed: boolean): Promise<void> {
  const steps = [
    { number: 0, kind: "link", id: "/a", after: { target: "/b" }, needs: [], uses: [] },
    { number: 1, kind: "file", id: "/c", before: { sha256: "0" }, needs: [0], uses: [] },
  ];
  const plan = { version: 1 as const, steps, drift: [] };
  const started = "2026-11-22T09:30:15.000Z";
  const host = createHost({ root });
  const changes = ["http.port 80 -> 81"];
  const journal = await Journal.begin(host, {
    id,
    command: "apply",
    who: "ada",
    started,
    from: 6,
    changes,
    plan,
  });
  await journal.record({ event: "step", step: 0, state: "completed" });
  if (failed) await journal.record({ event: "step", step: 1, state: "error", error: "No room.\nMake some." });
  else await journal.record({ event: "committed", generation: 7 });
  await journal.record({ event: "ended", state: failed ? "undone" : "completed" });
}

test("tasks are listed oldest first, a line each", async () => {
  await record("20261122-093015-2", true);
  await record("20261122-093015-1", false);
  expect((await run()).split("\n")).toEqual([
    "20261122-093015-1  2026-11-22 09:30  completed  apply by ada, 2 steps -> generation 7",
    "20261122-093015-2  2026-11-22 09:30  undone     apply by ada, 2 steps",
    "",
  ]);
});

test("a task is shown step by step, with what failed", async () => {
  await record("20261122-093015-2", true);
  expect((await run("show", "20261122-093015-2")).split("\n").slice(1)).toEqual([
    "  http.port 80 -> 81",
    "  completed  point /a to /b",
    "  error      remove /c",
    "  No room.",
    "  Make some.",
    "",
  ]);
});

test("as data a task says all that is known of it", async () => {
  await record("20261122-093015-1", false);
  expect(JSON.parse(await run("--json"))).toEqual([
    {
      id: "20261122-093015-1",
      command: "apply",
      who: "ada",
      started: "2026-11-22T09:30:15.000Z",
      ended: expect.any(String),
      state: "completed",
      changes: ["http.port 80 -> 81"],
      steps: 2,
      generation: 7,
    },
  ]);
});

test.each(["20261122-000000-1", "../../../etc/passwd"])("there is no task %s", async (id) => {
  await expect(run("show", id)).rejects.toMatchObject({ message: `There is no task ${id}.`, exitCode: 64 });
});
