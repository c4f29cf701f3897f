import { beforeEach, describe, expect, test } from "vitest";
import { interruptedTask, Journal, listTasks, readTask } from "../../../installer/apply/journal.ts";
import { writtenSince } from "../../../installer/apply/recover.ts";
import type { Task } from "../../../installer/apply/task.ts";
import { FakeHost } from "../../fake-host.ts";

const folder = "/var/lib/homeroom/journal";
const step = { kind: "link", id: "/a", after: { target: "b" }, number: 0, needs: [], uses: [] };

function task(id: string, from = 1): Task {
  const plan = { version: 1 as const, steps: [step, { ...step, id: "/b", number: 1 }], drift: [] };
  return { id, command: "apply", who: "ada", started: "2026-11-22T09:30:00.000Z", from, plan };
}

let machine: FakeHost;
beforeEach(() => {
  machine = new FakeHost();
  machine.putDirectory("/var/lib/homeroom");
});

const lines = (id: string) => (machine.text(`${folder}/${id}.jsonl`) ?? "").trimEnd().split("\n");

describe("the journal", () => {
  test("numbers its lines, keeps the order of what is recorded at once, and only root reads it", async () => {
    const journal = await Journal.begin(machine, task("t1"));
    await Promise.all([
      journal.record({ event: "step", step: 0, state: "started" }),
      journal.record({ event: "step", step: 1, state: "started" }),
    ]);
    const entries = lines("t1").map((line) => JSON.parse(line) as { line: number; step?: number });
    expect(entries.map(({ line, step: number }) => [line, number])).toEqual([
      [0, undefined],
      [1, 0],
      [2, 1],
    ]);
    expect((await machine.stat(`${folder}/t1.jsonl`))?.mode).toBe(0o600);
    expect((await machine.stat(folder))?.mode).toBe(0o700);
  });

  test("tells a task: its steps, its error, its generation, its end", async () => {
    const journal = await Journal.begin(machine, task("t1"));
    await journal.record({ event: "step", step: 0, state: "completed" });
    await journal.record({ event: "step", step: 1, state: "error", error: "no" });
    expect(await readTask(machine, "t1")).toMatchObject({
      state: "running",
      steps: ["completed", "error"],
      error: "no",
    });
    await journal.record({ event: "committed", generation: 2 });
    await journal.record({ event: "ended", state: "completed" });
    const record = await readTask(machine, "t1");
    expect(record).toMatchObject({ state: "completed", generation: 2 });
    expect(record?.ended).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(await readTask(machine, "t2")).toBeUndefined();
  });

  test.each([
    ["half a line", '{"line":2,"time":"2026'],
    ["zeros, as some file systems leave them", "\0\0\0\0\0\0"],
    ["a whole line without its end", '{"line":2,"time":"","event":"step","step":1,"state":"started"}'],
  ])("goes on after %s", async (_, end) => {
    const journal = await Journal.begin(machine, task("t1"));
    await journal.record({ event: "step", step: 0, state: "started" });
    machine.put(`${folder}/t1.jsonl`, `${lines("t1").join("\n")}\n${end}`);
    const interrupted = await interruptedTask(machine);
    expect(interrupted?.steps[0]).toBe("started");
    if (interrupted === undefined) return;
    const resumed = await Journal.resume(machine, interrupted);
    await resumed.record({ event: "step", step: 0, state: "undone" });
    await resumed.record({ event: "ended", state: "undone" });
    expect(await readTask(machine, "t1")).toMatchObject({
      state: "undone",
      steps: ["undone", expect.any(String)],
    });
    expect(await interruptedTask(machine)).toBeUndefined();
  });

  test("of which not even the first line arrived tells of no task", async () => {
    machine.put(`${folder}/t1.jsonl`, '{"line":0,"time":"2026-11-22T');
    expect(await interruptedTask(machine)).toBeUndefined();
    expect(await listTasks(machine)).toEqual([]);
  });

  test("goes on after a line that could not be written", async () => {
    const journal = await Journal.begin(machine, task("t1"));
    machine.inject({ at: 0, kind: "fail", when: "before" });
    await expect(journal.record({ event: "step", step: 0, state: "started" })).rejects.toThrow("fail before");
    await journal.record({ event: "ended", state: "undone" });
    expect(await readTask(machine, "t1")).toMatchObject({ state: "undone" });
  });

  test("lists tasks oldest first, and proves what they wrote", async () => {
    for (const id of ["20261122-100000-2", "20261122-090000-9"]) {
      const journal = await Journal.begin(machine, task(id));
      await journal.record({ event: "step", step: 0, state: "completed" });
      await journal.record({ event: "ended", state: id.endsWith("9") ? "undone" : "error" });
    }
    expect((await listTasks(machine)).map((record) => record.task.id)).toEqual([
      "20261122-090000-9",
      "20261122-100000-2",
    ]);
    expect(await writtenSince(machine, 1)).toEqual([
      { kind: "link", id: "/a", state: { target: "b" }, needs: [] },
    ]);
    expect(await writtenSince(machine, 2)).toEqual([]);
  });
});
