import { beforeEach, expect, test } from "vitest";
import { Journal, listTasks } from "../../../installer/apply/journal.ts";
import { collectGarbage } from "../../../installer/cli/collect-garbage.ts";
import { commitGeneration, listGenerations } from "../../../installer/generations/generations.ts";
import { keepBlob } from "../../../installer/resources/blobs.ts";
import { FakeHost } from "../../fake-host.ts";

const blobs = "/var/lib/homeroom/blobs";
const limits = { generations: { keep: 3, slack: 2 }, tasks: { keep: 4, slack: 2 } };

let machine: FakeHost;
beforeEach(() => {
  machine = emptyMachine();
});

function emptyMachine(): FakeHost {
  const host = new FakeHost();
  for (const folder of [blobs, "/var/lib/homeroom/environments", "/opt/homeroom/hub"])
    host.putDirectory(folder);
  return host;
}

/** A task that wrote a text in place of another one, and the generation that it ended with. */
async function commit(number: number, { hub = "a", state = "completed" as const } = {}): Promise<void> {
  const [before, after, lock] = await Promise.all(
    [`text ${number - 1}`, `text ${number}`, `lock of ${hub}`].map((text) => keepBlob(machine, text)),
  );
  const step = {
    number: 0,
    kind: "file",
    id: "/etc/x",
    before: { sha256: before },
    after: { sha256: after },
  };
  const plan = { version: 1 as const, steps: [{ ...step, needs: [], uses: [] }], drift: [] };
  const id = `task-${String(number).padStart(3, "0")}`;
  const task = { id, command: "apply", who: "ada", started: "", from: number - 1, changes: [], plan };
  const journal = await Journal.begin(machine, task);
  await journal.record({ event: "step", step: 0, state: "completed" });
  await journal.record({ event: "ended", state });
  const environment = `/opt/homeroom/hub/${hub}`;
  machine.put(`${environment}/bin/python`, "");
  machine.put(`/var/lib/homeroom/environments/opt-homeroom-hub-${hub}.json`, JSON.stringify({ lock }));
  const resources = [
    { kind: "file", id: "/etc/x", state: { sha256: after }, needs: [] },
    { kind: "python-environment", id: environment, state: { lock }, needs: [] },
  ];
  const made = { created: "", release: "1", task: id, who: "ada", config: "" };
  await commitGeneration(
    machine,
    { version: 1, number, ...made, resources },
    { config: "", roster: undefined },
  );
}

async function contents(): Promise<string[]> {
  const texts = (await machine.list(blobs)).map((name) => machine.text(`${blobs}/${name}`) ?? "");
  return texts.toSorted();
}

test("nothing goes while there is little", async () => {
  for (let number = 1; number <= 5; number += 1) await commit(number);
  const before = machine.manifest();
  await collectGarbage(machine, limits);
  expect(machine.manifest()).toEqual(before);
});

test("the newest generations and tasks stay, with every content that they name", async () => {
  for (let number = 1; number <= 9; number += 1) await commit(number);
  await keepBlob(machine, "of nobody");
  await collectGarbage(machine, limits);
  expect(await listGenerations(machine)).toEqual([7, 8, 9]);
  expect((await listTasks(machine)).map(({ task }) => task.id)).toEqual([
    "task-006",
    "task-007",
    "task-008",
    "task-009",
  ]);
  expect(await contents()).toEqual(["lock of a", "text 5", "text 6", "text 7", "text 8", "text 9"]);
});

test("a task that did not end well since the generation in use proves what is ours, and stays", async () => {
  await commit(1);
  const plan = { version: 1 as const, steps: [], drift: [] };
  const begin = (id: string) =>
    Journal.begin(machine, { id, command: "apply", who: "ada", started: "", from: 1, changes: [], plan });
  await (await begin("task-100")).record({ event: "ended", state: "error" });
  for (let n = 101; n < 110; n += 1)
    await (await begin(`task-${n}`)).record({ event: "ended", state: "undone" });
  await collectGarbage(machine, limits);
  expect((await listTasks(machine)).map(({ task }) => task.id)).toEqual([
    "task-100",
    "task-106",
    "task-107",
    "task-108",
    "task-109",
  ]);
});

test("of the hub's environments the one in use and the one before it stay, and any that a process runs from", async () => {
  for (const [n, hub] of ["a", "b", "c", "d", "d"].entries()) await commit(n + 1, { hub });
  machine.put("/proc/77/cmdline", "python\0-I\0");
  machine.put("/proc/77/maps", "7f00-7f01 r-xp 00000000 08:01 1 /opt/homeroom/hub/b/lib/python3/zmq.so\n");
  await collectGarbage(machine, limits);
  expect(await machine.list("/opt/homeroom/hub")).toEqual(["b", "c", "d"]);
  machine.take("/proc/77");
  await collectGarbage(machine, limits);
  expect(await machine.list("/opt/homeroom/hub")).toEqual(["c", "d"]);
  expect(await machine.list("/var/lib/homeroom/environments")).toEqual([
    "opt-homeroom-hub-c.json",
    "opt-homeroom-hub-d.json",
  ]);
});

test("killed anywhere, it leaves the generations that are there whole", async () => {
  for (let at = 0, struck = true; struck; at += 1) {
    machine = emptyMachine();
    for (let number = 1; number <= 7; number += 1) await commit(number, { hub: `h${number}` });
    machine.inject({ at, kind: "kill", when: "before" });
    await collectGarbage(machine, limits).catch(() => undefined);
    ({ struck } = machine);
    machine.inject(undefined);
    const numbers = await listGenerations(machine);
    const folder = (number: number) => `/var/lib/homeroom/generations/${String(number).padStart(6, "0")}`;
    const files = await Promise.all(numbers.map((number) => machine.list(folder(number))));
    expect(files).toEqual(numbers.map(() => ["config.yaml", "manifest.json"]));
    expect(await contents()).toEqual(expect.arrayContaining(numbers.map((number) => `text ${number}`)));
    expect(numbers).toEqual(expect.arrayContaining([5, 6, 7]));
  }
});
