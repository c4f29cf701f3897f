import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import type { HubClient } from "../hub-client.ts";
import { installedMachine, shell } from "../installed-machine.ts";
import { atWork, letIn } from "../log-in.ts";
import { testImages } from "../machine.ts";

/** Seconds. */
const timeout = 40;

describe.each(testImages)("Idle servers on %s", (image) => {
  let machine: Machine;
  let idle: HubClient;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "culling" });
    await letIn(machine, "alice", "bob", "carol");
    await shell(machine, `homeroom config set services.cull.timeout=${timeout} services.cull.every=5`);
    idle = await atWork(machine, "bob");
    await leftAlone("alice", "import time\nwhile True: time.sleep(1)");
    await leftAlone("carol", "import subprocess; subprocess.Popen(['sh', '-c', 'while :; do :; done']); 1");
  });
  afterAll(async () => {
    await machine?.down();
  });

  /** Somebody who starts a computation and closes the browser. */
  async function leftAlone(name: string, code: string): Promise<void> {
    const client = await atWork(machine, name);
    const kernel = await client.kernel(name);
    void kernel.run(code).catch(() => {});
    await sleep(1000);
    kernel.socket.close();
  }

  const running = async () =>
    (await shell(machine, "systemctl list-units --plain --no-legend 'homeroom-user@*.service'"))
      .split("\n")
      .flatMap((line) => /^homeroom-user@(\w+)\.service/.exec(line)?.[1] ?? [])
      .toSorted();

  test("one that nobody uses is stopped, and says why; what computes goes on without a browser", async () => {
    await expect.poll(running, { timeout: 240_000, interval: 2000 }).toEqual(["alice", "carol"]);
    const { body } = await idle.get("user/bob/lab");
    expect(body).toMatch(/Your server stopped because nobody used it for \d+ (seconds|minutes)\./);
    const log = await shell(machine, "homeroom logs all --lines 500 --grep 'bob'");
    expect(log).toMatch(/bob.* is stopped because nobody used it for/);
  });

  test("a hub that was away for longer than the timeout has nobody stopped who is at work", async () => {
    await shell(machine, "systemctl stop homeroom-hub.socket homeroom-hub");
    await sleep((timeout + 10) * 1000);
    await shell(machine, "systemctl start homeroom-hub.socket homeroom-hub");
    await sleep((timeout + 5) * 1000);
    expect(await running()).toEqual(["alice", "carol"]);
    expect(await shell(machine, "journalctl -q -o cat -u homeroom-culler --since=-3min")).not.toMatch(
      /Culling server (alice|carol)/,
    );
  });

  test("with `busy: false` a computation alone keeps no server, once it is started anew", async () => {
    await shell(machine, "homeroom config set services.cull.busy=false");
    await shell(machine, "systemctl stop 'homeroom-user@*.service'");
    await leftAlone("carol", "import subprocess; subprocess.Popen(['sh', '-c', 'while :; do :; done']); 1");
    await expect.poll(running, { timeout: 240_000, interval: 2000 }).toEqual([]);
  });
});
