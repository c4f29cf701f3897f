import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listTasks } from "../../../installer/apply/journal.ts";
import { lockMachine } from "../../../installer/apply/lock.ts";
import { performTask, type TaskEvents } from "../../../installer/apply/perform-task.ts";
import { recover } from "../../../installer/apply/recover.ts";
import { StateBuilder } from "../../../installer/desired/state-builder.ts";
import { HomeroomError } from "../../../installer/errors.ts";
import type { Host } from "../../../installer/host/host.ts";
import { createHost } from "../../../installer/host/local-host.ts";
import { makePlan } from "../../../installer/plan/make-plan.ts";
import type { Resource } from "../../../installer/resources/resource.ts";

let root: string;
let host: Host;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "homeroom-apply-"));
  await mkdir(join(root, "etc"));
  await mkdir(join(root, "run"));
  await mkdir(join(root, "var/lib"), { recursive: true });
  await writeFile(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/bash\n");
  await writeFile(join(root, "etc/group"), "root:x:0:\n");
  host = createHost({ root });
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const silent: TaskEvents = { step: () => undefined, said: () => undefined, phase: () => undefined };

/** A directory, two files in it, and a link to one of them. */
function desired(first: string, second: string): StateBuilder {
  const state = new StateBuilder();
  const folder = state.directory("/etc/class");
  state.file("/etc/class/first", first, [folder]);
  const file = state.file("/etc/class/second", second, [folder], { mode: "0600" });
  state.add("link", "/etc/class/link", { target: `second-${second}` }, [file]);
  return state;
}

interface Outcome {
  healthy?: boolean;
  from?: number;
  on?: Host;
}

let serial = 0;
async function apply(state: StateBuilder, last: readonly Resource[], outcome: Outcome = {}): Promise<number> {
  const { healthy = true, from = 1, on = host } = outcome;
  const plan = await makePlan(on, { desired: state.resources, lastWritten: last, drift: "take" });
  const started = new Date().toISOString();
  serial += 1;
  return performTask(on, {
    task: {
      id: `task-${String(serial).padStart(4, "0")}`,
      command: "apply",
      who: "ada",
      started,
      from,
      changes: [],
      plan,
    },
    contents: state.contents,
    health: async () => {
      if (!healthy) throw new HomeroomError("The hub is ill.", { remedy: "Nothing to type." });
    },
    commit: async () => from + 1,
    events: silent,
    signal: new AbortController().signal,
  });
}

async function contents(): Promise<string[]> {
  const read = async (name: string) => await readFile(join(root, "etc/class", name), "utf8").catch(() => "-");
  return [await read("first"), await read("second"), (await host.readLink("/etc/class/link")) ?? "-"];
}

describe("a task", () => {
  test("makes the machine what is desired; a second plan is empty", async () => {
    const state = desired("one", "two");
    await apply(state, []);
    expect(await contents()).toEqual(["one", "two", "second-two"]);
    expect((await host.stat("/etc/class/second"))?.mode).toBe(0o600);
    const again = await makePlan(host, {
      desired: state.resources,
      lastWritten: state.resources,
      drift: "keep",
    });
    expect(again).toEqual({ version: 1, steps: [], drift: [] });
    expect((await listTasks(host)).map(({ state: how }) => how)).toEqual(["completed"]);
  });

  test("that leaves the hub ill is taken back, first installs to the last file", async () => {
    await expect(apply(desired("one", "two"), [], { healthy: false, from: 0 })).rejects.toThrow(
      "The hub is ill.",
    );
    expect(await host.stat("/etc/class")).toBeUndefined();
    const old = desired("one", "two");
    await apply(old, []);
    await expect(apply(desired("1", "2"), old.resources, { healthy: false })).rejects.toMatchObject({
      remedy: expect.stringContaining("generation 1 is in use as before") as string,
    });
    expect(await contents()).toEqual(["one", "two", "second-two"]);
  });

  test("that is killed at any moment is taken back by the next command", async () => {
    const old = desired("one", "two");
    await apply(old, []);
    for (let moment = 0; ; moment += 1) {
      const dying = dyingAfter(moment);
      const ended = await apply(desired("1", "2"), old.resources, { on: dying.host }).then(
        () => true,
        () => false,
      );
      if (ended && !dying.died()) break;
      const recovery = await recover(host, silent, { booting: true, inUse: 1 });
      expect(["undone", "was-committed", undefined]).toContain(recovery?.outcome);
      const now = await contents();
      expect([
        ["one", "two", "second-two"],
        ["1", "2", "second-2"],
      ]).toContainEqual(now);
      if (now[0] === "1") await apply(old, desired("1", "2").resources);
      expect(await recover(host, silent, { booting: true, inUse: 1 })).toBeUndefined();
    }
    expect(await contents()).toEqual(["1", "2", "second-2"]);
  });

  test("has the machine for itself; the lock of a process that is gone is taken over", async () => {
    await mkdir(join(root, "run/homeroom"));
    const gone = {
      pid: 4_000_000,
      startedAt: "1",
      command: "apply",
      who: "bob",
      terminal: "",
      since: "yesterday",
    };
    await writeFile(join(root, "run/homeroom/lock"), JSON.stringify(gone));
    await using _lock = await lockMachine(host, { command: "apply", who: "ada" });
    await expect(lockMachine(host, { command: "plan", who: "eve" })).rejects.toMatchObject({
      message: expect.stringContaining("`homeroom apply` of ada is at work since") as string,
      exitCode: 75,
    });
  });
});

/** The machine until its power is cut: after so many changes every further one fails and does nothing. */
function dyingAfter(changes: number): { host: Host; died: () => boolean } {
  let left = changes;
  let dead = false;
  const mortal =
    <Args extends unknown[], Result>(change: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (left === 0) {
        dead = true;
        throw new Error("the power is cut");
      }
      left -= 1;
      return change(...args);
    };
  return {
    died: () => dead,
    host: {
      ...host,
      write: mortal((...args: Parameters<Host["write"]>) => host.write(...args)),
      makeDirectory: mortal((...args: Parameters<Host["makeDirectory"]>) => host.makeDirectory(...args)),
      link: mortal((...args: Parameters<Host["link"]>) => host.link(...args)),
      remove: mortal((...args: Parameters<Host["remove"]>) => host.remove(...args)),
      append: mortal((...args: Parameters<Host["append"]>) => host.append(...args)),
      create: mortal((...args: Parameters<Host["create"]>) => host.create(...args)),
      rename: mortal((...args: Parameters<Host["rename"]>) => host.rename(...args)),
    },
  };
}
