import { beforeEach, describe, expect, test, vi } from "vitest";
import { interruptedTask, Journal, listTasks, readTask } from "../../../installer/apply/journal.ts";
import { writtenSince } from "../../../installer/apply/recover.ts";
import type { Task } from "../../../installer/apply/task.ts";
import { FakeHost } from "../../fake-host.ts";

const folder = "/var/lib/homeroom/journal";
const step = { kind: "link", id: "/a", after: { target: "b" }, number: 0, needs: [], uses: [] };

function task(id: string, from = 1): Task {
  const plan = { version: 1 as const, steps: [step, { ...step, id: "/b", number: 1 }], drift: [] };
  const started = "2026-11-22T09:30:00.000Z";
  return { id, command: "apply", who: "ada", started, from, changes: ["http.port 80 -> 81"], plan };
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
      [1, undefined],
      [2, 0],
      [3, 1],
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

  test("without its plan's line announces no step, and is ended as any other", async () => {
    await Journal.begin(machine, task("t1"));
    machine.put(`${folder}/t1.jsonl`, `${lines("t1")[0]}\n{"line":1,"ev`);
    expect(await interruptedTask(machine)).toMatchObject({ state: "running", steps: [] });
  });

  test("is listed by its ends: the middle of a long record is not read", async () => {
    const journal = await Journal.begin(machine, task("t1"));
    for (let n = 0; n < 500; n += 1) await journal.record({ event: "step", step: 0, state: "started" });
    await journal.record({ event: "ended", state: "error", error: "no room" });
    machine.reads.length = 0;
    const whole = vi.spyOn(machine, "read").mockRejectedValue(new Error("read whole"));
    const ends = vi.spyOn(machine, "readEnds").mockImplementation(async (path, bytes) => {
      const text = Buffer.from(machine.text(path) ?? "");
      return { head: text.subarray(0, bytes), tail: text.subarray(-bytes) };
    });
    expect(await listTasks(machine)).toMatchObject([
      { task: { id: "t1", changes: ["http.port 80 -> 81"], steps: 2 }, state: "error", error: "no room" },
    ]);
    expect(Math.max(...ends.mock.calls.map(([, bytes]) => bytes))).toBeLessThan(16_384);
    whole.mockRestore();
    ends.mockRestore();
  });

  test.each(["no room\n".repeat(5_000), "short"])(
    "is listed also where a line is very long",
    async (error) => {
      const long = { ...task("t1"), changes: ["x".repeat(20_000)] };
      const journal = await Journal.begin(machine, long);
      await journal.record({ event: "ended", state: "undone", error });
      expect(await listTasks(machine)).toMatchObject([
        { task: { changes: long.changes }, state: "undone", error },
      ]);
      expect(await interruptedTask(machine)).toBeUndefined();
    },
  );

  test("of tasks before a generation is not opened to learn what was written since", async () => {
    for (const [id, from] of [
      ["t1", 1],
      ["t2", 2],
      ["t3", 3],
    ] as const) {
      const journal = await Journal.begin(machine, task(id, from));
      await journal.record({ event: "step", step: 0, state: "completed" });
      await journal.record({ event: "ended", state: "error" });
    }
    machine.reads.length = 0;
    expect(await writtenSince(machine, 3)).toHaveLength(1);
    expect(machine.reads).not.toContain(`${folder}/t1.jsonl`);
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
