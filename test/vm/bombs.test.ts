import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { classMemory, reserveOf } from "../../config/limits.ts";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { bombs } from "../bombs.ts";
import type { HubClient } from "../hub-client.ts";
import { admin, installedMachine, shell } from "../installed-machine.ts";
import { InnocentClass, openKernel } from "../innocent-class.ts";
import { logIn } from "../log-in.ts";
import { testImages } from "../machine.ts";
import {
  hubTimes,
  lastKill,
  leastMemory,
  report,
  secondsOfStep,
  secondsOfStop,
  totalMemory,
} from "../measure-machine.ts";
import { openNotebook } from "../open-notebook.ts";
import { quantile } from "../quantile.ts";
import { serverAsPageDoes } from "../server-as-page-does.ts";
import { ServerEvents } from "../server-events.ts";
import { typeIntoTerminal } from "../type-into-terminal.ts";

const minute = 60_000;
/** Milliseconds; an emulated machine is about ten times slower than this one. */
const slow = 10 * minute;
const MiB = 1024 ** 2;
const innocents = Array.from({ length: 10 }, (_, place) => `innocent${place}`);
/** All fifty where every image is tested; a plain run, which each change waits for, has fewer. */
const crowd = Array.from({ length: testImages.length > 1 ? 50 : 20 }, (_, place) => `guest${place}`);
const unlimited = { memory: "auto", cpu: null, tasks: null, reserve: null, groups: {}, users: {} } as const;
const slices = "/sys/fs/cgroup/homeroom.slice/homeroom-users.slice";
const mallorys = `${slices}/homeroom-users-mallory.slice`;

describe.each(testImages)("a class of ten and somebody with bombs, on a %s machine of 2 GiB", (image) => {
  let machine: Machine;
  let others: InnocentClass;
  /** When the test began, as performance.now() counts. */
  let began = 0;

  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "bombs", kind: "vm", memoryBytes: 2048 * MiB });
    await shell(
      machine,
      `homeroom config add users.allowed mallory ${innocents.join(" ")} ${crowd.join(" ")}`,
    );
    others = await InnocentClass.start(machine, innocents);
  }, 40 * minute);
  afterAll(async () => {
    await others?.end();
    await machine?.down();
  });
  beforeEach(() => {
    began = performance.now();
  });

  /** Whatever was done: everybody else has computed meanwhile and does so now, and the hub is well. */
  async function nobodyWasHurt(): Promise<void> {
    await others.everybodyWorks();
    expect(others.failuresSince(began)).toEqual([]);
    expect((await fetch(`${machine.url}/hub/health`)).status).toBe(200);
    const units =
      "homeroom-hub homeroom-proxy@a $(systemctl list-units --plain --no-legend 'homeroom-user@innocent*' | cut -d ' ' -f 1)";
    expect((await shell(machine, `systemctl is-active ${units}`)).split("\n").filter(Boolean)).toEqual(
      Array.from({ length: innocents.length + 2 }, () => "active"),
    );
  }

  async function read(path: string): Promise<string> {
    return (await shell(machine, `cat ${path}`)).trim();
  }

  async function serverOfMallory(): Promise<string> {
    return shell(machine, "systemctl show -P MainPID -P InvocationID homeroom-user@mallory");
  }

  /** How many programs were ended for memory: what is said of mallory, and what the hub's metrics say of everybody. */
  async function killsCounted(): Promise<{ shown: number; metrics: number }> {
    const shown = JSON.parse(await shell(machine, "homeroom users show mallory --json")) as {
      memoryKills: number;
    };
    const { body } = await (await logIn(machine, admin)).get("hub/metrics");
    const metrics = /^homeroom_memory_kills_total (\d+)/m.exec(body)?.[1];
    return { shown: shown.memoryKills, metrics: Number(metrics) };
  }

  test("the core comes first: weights, protected memory and the reserve are the kernel's", async () => {
    const total = await totalMemory(machine);
    const root = "/sys/fs/cgroup/homeroom.slice";
    expect({
      core: await read(`${root}/homeroom-core.slice/cpu.weight`),
      users: await read(`${slices}/cpu.weight`),
      protected: await read(`${root}/homeroom-core.slice/memory.min`),
      above: await read(`${root}/memory.min`),
      class: Number(await read(`${slices}/memory.max`)),
      swap: await read(`${slices}/memory.swap.max`),
    }).toEqual({
      core: "1000",
      users: "20",
      protected: String(256 * MiB),
      above: String(256 * MiB),
      class: classMemory(unlimited, total),
      swap: "0",
    });
    expect(total - classMemory(unlimited, total)).toBeGreaterThanOrEqual(reserveOf(unlimited, total));
  });

  test("memory: only what ate it dies, and its owner is told within 5 s", { timeout: slow }, async () => {
    const { client, kernel: eater } = await openNotebook(machine, "mallory", "lesson.ipynb");
    await using small = await client.kernel("mallory");
    expect(await small.run("kept = 42", slow)).toBe("");
    const server = await serverOfMallory();
    const counted = await killsCounted();
    using events = await ServerEvents.of(client, "mallory");

    const eaten = eater.run(bombs.memory, slow).catch((error: unknown) => String(error));
    await expect.poll(() => events.heard.length, { timeout: slow }).toBe(1);
    expect(events.heard[0]).toMatchObject({
      message: "Out of memory: the kernel of lesson.ipynb was ended. Your server had used up its 512 MB.",
      advice: expect.stringContaining("shut down kernels"),
      ended: 1,
      limit: 512 * MiB,
    });
    expect(events.heard[0]!.at - (await lastKill(machine))).toBeLessThan(5000);
    expect(await eaten).toContain("the kernel died");

    expect(await typeIntoTerminal(client, "mallory", bombs.memoryInTerminal, slow)).toContain(
      "eater-ended-with-137",
    );
    await expect.poll(() => events.heard.length, { timeout: slow }).toBe(2);
    expect(events.heard[1]!.message).toContain("a program was ended");
    expect(events.heard[1]!.at - (await lastKill(machine))).toBeLessThan(5000);

    expect(await small.run("kept", slow)).toBe("42");
    expect(await serverOfMallory()).toBe(server);
    await nobodyWasHurt();

    const lines = (await shell(machine, "homeroom logs user mallory")).split("\n");
    expect(lines.filter((line) => line.includes("Out of memory: "))).toHaveLength(2);
    expect(await killsCounted()).toEqual({ shown: counted.shown + 2, metrics: counted.metrics + 2 });
    await leave(client);
  });

  test(
    "a limit is changed under a running server, or waits for its next start",
    { timeout: 2 * slow },
    async () => {
      const { client, kernel } = await openKernel(machine, "mallory");
      await kernel.run("held = bytearray(b'x') * (200 << 20)", slow);
      const server = await serverOfMallory();
      await shell(
        machine,
        "homeroom config set limits.users.mallory.memory=400M limits.users.mallory.tasks=500",
      );
      expect(await read(`${mallorys}/memory.max ${mallorys}/pids.max`)).toBe(`${400 * MiB}\n500`);
      expect(await secondsOfStep(machine, "homeroom-users-mallory.slice")).toBeLessThan(1);
      expect(await kernel.run("len(held)", slow)).toBe(String(200 * MiB));
      expect(await serverOfMallory()).toBe(server);

      const waits = await shell(machine, "homeroom config set limits.users.mallory.memory=160M");
      expect(waits).toContain("mallory uses more than 160");
      expect(await read(`${mallorys}/memory.max`)).toBe(String(400 * MiB));
      expect(await kernel.run("len(held)", slow)).toBe(String(200 * MiB));

      await shell(machine, "homeroom apply --force");
      expect(await kernel.run("len(held)", slow).catch(String)).toMatch(
        /kernel died|websocket closed|NameError/,
      );
      expect(await read(`${mallorys}/memory.max`)).toBe(String(160 * MiB));
      expect(await serverOfMallory()).toBe(server);

      await shell(machine, "homeroom config set limits.users.mallory.memory=400M");
      await using again = await client.kernel("mallory");
      await again.run("held = bytearray(b'x') * (200 << 20)", slow);
      await shell(machine, "homeroom config set limits.users.mallory.memory=160M");
      expect(await read(`${mallorys}/memory.max`)).toBe(String(400 * MiB));
      await leave(client);
      await client.startServer("mallory", slow);
      expect(await read(`${mallorys}/memory.max`)).toBe(String(160 * MiB));
      await leave(client);
      await shell(machine, "homeroom config unset limits.users");
      await nobodyWasHurt();
    },
  );

  test(
    "a fork bomb: contained by the limit of tasks, and stopped within 10 s",
    { timeout: slow },
    async () => {
      const { client, kernel } = await openKernel(machine, "mallory");
      await kernel.run(bombs.fork, slow);
      const refused = async () => Number(/max (\d+)/.exec(await read(`${mallorys}/pids.events`))?.[1]);
      await expect.poll(refused, { timeout: slow, interval: 1000 }).toBeGreaterThan(100);
      expect(Number(await read(`${mallorys}/pids.current`))).toBeLessThanOrEqual(1024);
      await nobodyWasHurt();
      await leave(client);
      expect(await secondsOfStop(machine, "homeroom-user@mallory")).toBeLessThan(10);
      expect(await shell(machine, "find /proc -maxdepth 1 -user jupyter-mallory")).toBe("");
      await nobodyWasHurt();
    },
  );

  test(
    "thirty busy processes: the hub stays quick, the others get their share",
    { timeout: 2 * slow },
    async () => {
      const { client, kernel } = await openKernel(machine, "mallory");
      await kernel.run(bombs.processors, slow);
      const signal = (name: string) =>
        shell(
          machine,
          `for pid in $(cat ${mallorys}/*.service/cgroup.procs); do [ "$(cat /proc/$pid/comm)" != sh ] || kill -${name} $pid; done`,
        );
      const idle = { hub: [] as number[], cells: [] as number[] };
      const busy = { hub: [] as number[], cells: [] as number[] };
      // By turns, since an emulated machine is not equally quick all the time.
      for (let turn = 0; turn < 4; turn += 1) {
        for (const [name, measured] of [
          ["STOP", idle],
          ["CONT", busy],
        ] as const) {
          await signal(name);
          await sleep(2000);
          const from = performance.now();
          measured.hub.push(...(await hubTimes(machine, { seconds: 15, perSecond: 4 })));
          measured.cells.push(...others.times(from, performance.now()));
        }
      }
      const figures = {
        hub: [
          quantile(idle.hub, 0.5),
          quantile(idle.hub, 0.99),
          quantile(busy.hub, 0.5),
          quantile(busy.hub, 0.99),
        ],
        cells: [
          quantile(idle.cells, 0.5),
          quantile(idle.cells, 0.95),
          quantile(busy.cells, 0.5),
          quantile(busy.cells, 0.95),
        ],
      };
      report("processors", { ...figures, cells_idle: idle.cells.length });
      expect(quantile(busy.hub, 0.99)).toBeLessThan(1.5 * quantile(idle.hub, 0.99));
      // While they compute, one person more wants each processor: half of it, or twice the time, is their fair share.
      expect(quantile(busy.cells, 0.5)).toBeLessThan(3 * 2 * quantile(idle.cells, 0.5));
      expect(quantile(busy.cells, 0.95)).toBeLessThan(3 * 2 * quantile(idle.cells, 0.95));
      await nobodyWasHurt();
      await leave(client);
    },
  );

  test(
    "a full disk: the hub and the others go on, and doctor says whose it is",
    { timeout: 2 * slow },
    async () => {
      const { client, kernel } = await openKernel(machine, "mallory");
      expect(Number(await kernel.run(bombs.disk, slow))).toBeGreaterThan(1e9);
      expect(await shell(machine, "df --output=avail / | tail -n 1")).toMatch(/^\s*0$/m);
      await nobodyWasHurt();
      // Sets a password, gets an account, a server and a kernel: all of it is written to the disk.
      const guest = await openKernel(machine, crowd[0]!);
      expect(await guest.kernel.run("5*4", slow)).toBe("20");
      await leave(guest.client, crowd[0]);
      const found = await shell(machine, "homeroom doctor --json", [2]);
      expect(found).toMatch(/The most of it has mallory \(\d+\.\d+ GB in [^)]*\/home\/jupyter-mallory/);
      expect(found).toMatch(/systemd-private-\w+-homeroom-user@mallory/);
      await kernel.run(bombs.noMoreDisk, slow);
      for (const database of ["jupyterhub", "passwords"]) {
        const check = `import sqlite3; print(sqlite3.connect("/var/lib/homeroom/hub/${database}.sqlite").execute("pragma integrity_check").fetchall())`;
        expect(await shell(machine, `python3 -c '${check}'`)).toBe("[('ok',)]\n");
      }
      await leave(client);
      await nobodyWasHurt();
    },
  );

  test("a flood of the journal: it is cut short, and nobody else's lines go", { timeout: slow }, async () => {
    const size = async () =>
      Number(await shell(machine, "cat $(find /var/log/journal /run/log/journal -type f) | wc -c"));
    const first = "journalctl --unit=homeroom-hub --output=short-iso-precise --no-pager | head -n 1";
    const { client, kernel } = await openKernel(machine, "mallory");
    const [before, line] = [await size(), await shell(machine, first)];
    expect(await kernel.run(bombs.journal, slow)).toBe("99999");
    expect((await size()) - before).toBeLessThan(100 * MiB);
    expect(await shell(machine, first)).toBe(line);
    await leave(client);
    await nobodyWasHurt();
  });

  test(
    "files, inotify, sockets, terminals, threads, /run: there is enough for the others",
    { timeout: slow },
    async () => {
      const { client, kernel } = await openKernel(machine, "mallory");
      const had = JSON.parse((await kernel.run(bombs.everything, slow)).slice(1, -1)) as Record<
        string,
        number
      >;
      report("taken", had);
      expect(had["terminals"]).toBeLessThanOrEqual(256);
      expect(had["threads"]).toBeLessThan(1024);
      expect(await openKernel(machine, crowd[1]!).then(({ kernel }) => kernel.run("5*4", slow))).toBe("20");
      const guest = await logIn(machine, crowd[1]!);
      const others =
        "python3 -c 'import ctypes, socket, threading; assert ctypes.CDLL(None).inotify_init() >= 0; socket.socketpair(); t = threading.Thread(target=print); t.start(); t.join()' && echo all-there-$((40 + 2))";
      expect(await typeIntoTerminal(guest, crowd[1]!, others, slow)).toContain("all-there-42");
      await nobodyWasHurt();

      await leave(client);
      const filling = await openKernel(machine, "mallory");
      await filling.kernel.run(bombs.run, slow).catch(() => undefined);
      await shell(machine, "dd if=/dev/zero of=/run/others bs=1M count=20 && rm /run/others");
      await leave(guest, crowd[1]);
      await guest.startServer(crowd[1]!, slow);
      await leave(guest, crowd[1]);
      await leave(client);
      await nobodyWasHurt();
    },
  );

  test(
    `${crowd.length} logins and starts at once: all get there, memory decides who waits`,
    { timeout: 6 * slow },
    async () => {
      const alone: number[] = [];
      for (const name of crowd.slice(-3)) {
        const from = performance.now();
        const { client } = await serverAsPageDoes(machine, name);
        alone.push(performance.now() - from);
        await leave(client, name);
      }
      const oneByOne = quantile(alone, 0.5) * crowd.length;
      const kills = await read(`${slices}/memory.events`);
      const least = await leastMemory(machine);
      const refusals: string[] = [];
      const waited = await Promise.all(
        crowd.map(async (name) => {
          const from = performance.now();
          const { client, refused } = await serverAsPageDoes(machine, name, () => refusals.push(name));
          const ms = performance.now() - from;
          // Everybody stays until the machine is full; from then on whoever has seen their server makes room.
          while (refusals.length === 0) await sleep(500);
          await leave(client, name);
          return { ms, refused };
        }),
      );
      const longest = Math.max(...waited.map(({ ms }) => ms));
      report("crowd", {
        alone,
        oneByOne,
        longest,
        refusals,
        waited: waited.filter(({ refused }) => refused > 0).length,
      });
      expect(longest).toBeLessThan(2 * oneByOne);
      expect(refusals.length).toBeGreaterThan(0);
      expect(await read(`${slices}/memory.events`)).toBe(kills);
      expect(await least.end()).toBeGreaterThan(reserveOf(unlimited, await totalMemory(machine)) - 100 * MiB);
      await nobodyWasHurt();
    },
  );
});

/** Stops somebody's server and waits until it is gone. */
async function leave(client: HubClient, name = "mallory"): Promise<void> {
  const person = `hub/api/users/${name}`;
  await client.api(`${person}/server`, { method: "DELETE" });
  const state = async () => {
    const { server, pending } = JSON.parse((await client.api(person, { method: "GET" })).body) as {
      server?: string | null;
      pending?: string | null;
    };
    return { server, pending };
  };
  await expect.poll(state, { timeout: 5 * minute, interval: 500 }).toEqual({ server: null, pending: null });
}
