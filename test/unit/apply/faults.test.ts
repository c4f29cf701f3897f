import { beforeEach, describe, expect, test } from "vitest";
import { interruptedTask, listTasks } from "../../../installer/apply/journal.ts";
import { performTask, type TaskEvents } from "../../../installer/apply/perform-task.ts";
import { recover } from "../../../installer/apply/recover.ts";
import { StateBuilder } from "../../../installer/desired/state-builder.ts";
import { commitGeneration, currentGeneration } from "../../../installer/generations/generations.ts";
import { writtenResources } from "../../../installer/generations/written-resources.ts";
import { makePlan } from "../../../installer/plan/make-plan.ts";
import { writtenSince } from "../../../installer/apply/recover.ts";
import { refOf } from "../../../installer/resources/resource.ts";
import { FakeHost } from "../../fake-host.ts";
import { accountPrograms, FakeSystemd } from "../../fake-programs.ts";

const silent: TaskEvents = { step: () => undefined, said: () => undefined, phase: () => undefined };
const unit = "homeroom-hub.service";
const config = "/etc/class.yaml";
/** What is looked at by itself: records of tasks, processes, and groups, whose numbers are never the same. */
const bookkeeping = ["/var/lib/homeroom", "/proc", "/etc/group"];

let machine: FakeHost;
let systemd: FakeSystemd;

beforeEach(freshMachine);

function freshMachine(): void {
  machine = new FakeHost(
    { "/etc/shadow": "", "/etc/sudoers.d/README": "", "/etc/systemd/system/x": "" },
    {
      ...accountPrograms,
      visudo: () => "",
    },
  );
  machine.putDirectory("/var/lib");
  machine.put(config, "year: 0\n", { mode: 0o640, uid: 1000 });
  machine.put("/etc/passwd", "root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\n");
  systemd = new FakeSystemd(machine);
}

/** One of everything that can be taken back: a class in its first or its second year. */
function desired(year: 1 | 2): StateBuilder {
  const state = new StateBuilder();
  const folder = state.directory("/etc/class", [], { mode: year === 1 ? "0755" : "0750" });
  const file = state.file("/etc/class/list", `year ${year}`, [folder], { mode: "0600" });
  if (year === 1) state.file("/etc/class/first", "only in the first year", [folder]);
  const rooms = year === 2 ? [state.directory("/etc/class/rooms", [folder])] : [];
  for (const room of rooms) state.file("/etc/class/rooms/a", "only in the second year", [room]);
  const link = state.add("link", "/etc/class/current", { target: `year-${year}` }, [file]);
  // As a change of release does it.
  const sha256 = state.content(`year: ${year}\n`);
  state.resources.push({ kind: "config-file", id: config, state: { sha256 }, needs: [], adopted: true });
  const group = state.add("group", `year-${year}`, { exists: true });
  state.add("membership", `year-${year}:ada`, { member: true }, [group]);
  state.add("sudoers", "class", state.fileState(`year ${year}`, { mode: "0440" }), [group]);
  const units = [state.unit(unit, `[Service]\nEnvironment=HOMEROOM_INPUTS=${year}\n`)];
  if (year === 2) units.push(state.unit(`${unit}.d/50-year.conf`, "[Service]\nNice=1\n"));
  const loaded = state.add("units-loaded", "systemd", { fresh: true }, units);
  state.add("service", unit, { inputs: String(year) }, [loaded, file, link]);
  return state;
}

let serial = 0;

/** As the apply command does it. */
async function apply(state: StateBuilder): Promise<number> {
  const generation = await currentGeneration(machine);
  const from = generation?.number ?? 0;
  const last = [...(generation?.resources ?? []), ...(await writtenSince(machine, from))];
  const plan = await makePlan(machine, { desired: state.resources, lastWritten: last, drift: "take" });
  serial += 1;
  const id = `task-${String(serial).padStart(6, "0")}`;
  const written = new Set(plan.steps.map((step) => refOf(step.kind, step.id)));
  return performTask(machine, {
    task: { id, command: "apply", who: "ada", started: "2026-11-22T09:30:00.000Z", from, changes: [], plan },
    contents: state.contents,
    health: async () => undefined,
    commit: async () => {
      const resources = writtenResources(state.resources, written, last, plan.drift);
      const number = from + 1;
      await commitGeneration(
        machine,
        { version: 1, number, created: "", release: "1.0.0", task: id, who: "ada", config: "", resources },
        { config: "users: {}\n", roster: undefined },
      );
      return number;
    },
    events: silent,
    signal: new AbortController().signal,
  });
}

/** Everything of the machine that a class would notice. */
async function picture({ services = true } = {}) {
  const running = services ? systemd.running(machine).map((line) => line.replace(/\0/g, " ")) : [];
  const groups = (machine.text("/etc/group") ?? "").replaceAll(/:\d+:/g, ":").split("\n").toSorted();
  return { files: machine.manifest(bookkeeping), groups, running };
}

/** The pictures of the machine in both years, each by itself. */
async function bothYears(options: { services?: boolean } = {}) {
  await apply(desired(1));
  const first = await picture(options);
  await apply(desired(2));
  const second = await picture(options);
  await apply(desired(1));
  expect(await picture(options)).toEqual(first);
  return { first, second };
}

/** After whatever happened, the machine and the generation in use are of the same year, whole. */
async function expectOneYear(
  { first, second }: Awaited<ReturnType<typeof bothYears>>,
  numbers: { first: number },
  options: { services?: boolean } = {},
): Promise<1 | 2> {
  const year = (await currentGeneration(machine))?.number === numbers.first ? 1 : 2;
  expect(await picture(options)).toEqual(year === 1 ? first : second);
  expect(await interruptedTask(machine)).toBeUndefined();
  return year;
}

describe.each([
  { kind: "fail", when: "before" },
  { kind: "fail", when: "after" },
  { kind: "kill", when: "before" },
  { kind: "kill", when: "after" },
] as const)("a task with one change that does $kind, $when it is made", ({ kind, when }) => {
  test("leaves the old generation whole or the new one, at every change", async () => {
    const pictures = await bothYears();
    const years = new Set<number>();
    for (let at = 0; ; at += 1) {
      const numbers = { first: (await currentGeneration(machine))?.number ?? 0 };
      machine.inject({ at, kind, when });
      await apply(desired(2)).catch(() => undefined);
      const { struck } = machine;
      machine.inject(undefined);
      await recover(machine, silent, {
        booting: false,
        inUse: (await currentGeneration(machine))?.number ?? 0,
      });
      years.add(await expectOneYear(pictures, numbers));
      // What was interrupted does not stand in the way of the same task run again, nor of going back.
      await apply(desired(2));
      expect(await picture()).toEqual(pictures.second);
      await apply(desired(1));
      expect(await picture()).toEqual(pictures.first);
      if (!struck) break;
      expect(at).toBeLessThan(200);
    }
    expect(years).toEqual(new Set([1, 2]));
  });
});

describe.each([
  { kind: "fail", when: "before" },
  { kind: "fail", when: "after" },
  { kind: "kill", when: "before" },
  { kind: "kill", when: "after" },
] as const)("a first install with one change that does $kind, $when it is made", ({ kind, when }) => {
  test("is completed by the next one, at every change", async () => {
    await apply(desired(1));
    const installed = await picture();
    for (let at = 0; ; at += 1) {
      freshMachine();
      machine.inject({ at, kind, when });
      await apply(desired(1)).catch(() => undefined);
      const { struck } = machine;
      machine.inject(undefined);
      const inUse = (await currentGeneration(machine))?.number ?? 0;
      await recover(machine, silent, { booting: false, inUse });
      await apply(desired(1));
      expect({ at, picture: await picture() }).toEqual({ at, picture: installed });
      expect(await interruptedTask(machine)).toBeUndefined();
      if (!struck) break;
      expect(at).toBeLessThan(200);
    }
  });
});

test("a power cut at any change: after the boot all is of one generation", async () => {
  const pictures = await bothYears({ services: false });
  for (let at = 0; ; at += 1) {
    const numbers = { first: (await currentGeneration(machine))?.number ?? 0 };
    machine.inject({ at, kind: "kill", when: "after" });
    await apply(desired(2)).catch(() => undefined);
    const { struck } = machine;
    machine.inject(undefined);
    systemd.reboot(machine);
    await recover(machine, silent, {
      booting: true,
      inUse: (await currentGeneration(machine))?.number ?? 0,
    });
    expect(systemd.running(machine)).toEqual([]);
    await expectOneYear(pictures, numbers, { services: false });
    await apply(desired(1));
    if (!struck) break;
  }
});

test("a recovery that is killed itself is gone on with", async () => {
  const pictures = await bothYears();
  for (let at = 0; ; at += 1) {
    const numbers = { first: (await currentGeneration(machine))?.number ?? 0 };
    machine.inject({ at: 30, kind: "kill", when: "after" });
    await expect(apply(desired(2))).rejects.toThrow(/^kill/);
    machine.inject({ at, kind: "kill", when: "before" });
    const inUse = numbers.first;
    await recover(machine, silent, { booting: false, inUse }).catch(() => undefined);
    const { struck } = machine;
    machine.inject(undefined);
    await recover(machine, silent, { booting: false, inUse });
    await expectOneYear(pictures, numbers);
    if (!struck) break;
  }
});

test("the second apply changes nothing and starts nothing that could", async () => {
  await apply(desired(2));
  machine.inject(undefined);
  const ran = machine.ran.length;
  const state = desired(2);
  const generation = await currentGeneration(machine);
  const plan = await makePlan(machine, {
    desired: state.resources,
    lastWritten: generation?.resources ?? [],
    drift: "keep",
  });
  expect(plan).toEqual({ version: 1, steps: [], drift: [] });
  expect([machine.changes, machine.ran.length - ran]).toEqual([[], 0]);
  expect((await listTasks(machine)).map(({ state: how }) => how)).toEqual(["completed"]);
});
