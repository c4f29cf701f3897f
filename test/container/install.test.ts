import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import {
  admin,
  adminPassword,
  bootstrap,
  bootstrapAtTerminal,
  hubAnswers,
  invocations,
  serveRelease,
  shell,
  writtenFiles,
} from "../installed-machine.ts";
import { atWork, letIn, logIn } from "../log-in.ts";
import { testImages, testMachine } from "../machine.ts";
import type { Registry } from "../registry/registry.ts";

let registry: Registry;
beforeAll(async () => {
  registry = await serveRelease();
});
afterAll(async () => {
  await registry?.[Symbol.asyncDispose]();
});

describe.each(testImages)("a hub on %s", (image) => {
  let machine: Machine;
  let said: string;
  beforeAll(async () => {
    machine = await testMachine("install", { image });
    said = await bootstrapAtTerminal(machine, registry, [
      { after: "User name of the teacher", type: `${admin}\n` },
      { after: "Python packages for everybody", type: "numpy>=2\n" },
      { after: `Password for ${admin}`, type: `${adminPassword}\n` },
    ]);
  });
  afterAll(async () => {
    await machine?.down();
  });

  test("the installer ends with the address, and the admin logs in and computes", async () => {
    expect(said).toContain(`The hub is at  ${machine.url}/`);
    expect(said).not.toContain(adminPassword);
    const client = await atWork(machine, admin);
    expect(await client.run(admin, "import numpy; int(numpy.float64(5) * 4)")).toBe("20");
    expect(await client.run(admin, "import subprocess; print(subprocess.getoutput('sudo -n id -un'))")).toBe(
      "root",
    );
  });

  test("a second run changes nothing, writes nothing and restarts nothing", async () => {
    const before = [await writtenFiles(machine), await invocations(machine)];
    const { stderr } = await bootstrap(machine, registry);
    expect(stderr).toContain("Nothing to do");
    expect(await shell(machine, "homeroom apply")).toContain("Nothing to do");
    expect([await writtenFiles(machine), await invocations(machine)]).toEqual(before);
  });

  test("a config that is only tried goes back by itself", async () => {
    await shell(machine, "homeroom config set limits.memory=768M");
    await shell(
      machine,
      "homeroom config set --no-apply limits.memory=640M && homeroom config try --for 10s",
    );
    expect(await shell(machine, "homeroom config get limits.memory")).toBe("640M\n");
    await expect
      .poll(() => shell(machine, "homeroom config get limits.memory"), { timeout: 60_000, interval: 1000 })
      .toBe("768M\n");
    await expect
      .poll(() => shell(machine, "homeroom tasks | tail -n 1"), { timeout: 60_000, interval: 500 })
      .toMatch(/completed +config revert/);
  });

  test("what was changed by hand is kept until somebody says otherwise", async () => {
    await shell(machine, "echo '# by hand' >> /etc/systemd/system/homeroom-hub.service");
    expect(await shell(machine, "homeroom plan", [2])).toContain("homeroom-hub.service was changed by hand");
    await shell(machine, "homeroom apply --keep");
    expect(await shell(machine, "tail -n 1 /etc/systemd/system/homeroom-hub.service")).toBe("# by hand\n");
    await shell(
      machine,
      "homeroom apply --take && rm /etc/systemd/system/homeroom-hub.socket && homeroom apply",
    );
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });

  test("mistakes have their exit codes and messages, and change nothing", async () => {
    await shell(
      machine,
      "cp /etc/homeroom/config.yaml /root/good.yaml && echo 'limts: {}' >> /etc/homeroom/config.yaml",
    );
    const refused = await shell(machine, "homeroom apply", [78]);
    expect(refused).toMatch(/config\.yaml:\d+:1: error: .*limts/);
    expect(refused).toContain("limits");
    await shell(machine, "cp /root/good.yaml /etc/homeroom/config.yaml");
    expect(await shell(machine, "homeroom aply", [64])).toContain("Did you mean apply?");
    expect(await shell(machine, "setpriv --reuid=nobody --clear-groups homeroom apply", [77])).toContain(
      "sudo homeroom apply",
    );
    expect(await shell(machine, "homeroom status")).toContain("healthy");
  });

  test("an installer that is killed leaves a task that the next command takes back and says so", async () => {
    await shell(machine, "cp /etc/homeroom/config.yaml /root/good.yaml");
    await shell(machine, "homeroom config set --no-apply base_url=/killed/");
    const count = "ls /var/lib/homeroom/journal | wc -l";
    await shell(
      machine,
      `n=$(${count}); homeroom apply & p=$!; while [ "$(${count})" = "$n" ]; do :; done; sleep 0.2; kill -9 $p; wait; true`,
    );
    const again = await shell(machine, "cp /root/good.yaml /etc/homeroom/config.yaml; homeroom apply");
    expect(again).toContain("was interrupted; what it had begun was taken back");
    expect(await shell(machine, "homeroom tasks")).not.toMatch(/ running /);
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
    await logIn(machine, admin);
  });

  test("after a reboot everything comes back by itself", async () => {
    await letIn(machine, "bob");
    await machine.reboot();
    await hubAnswers(machine);
    const client = await atWork(machine, "bob");
    expect(await client.run("bob", "5*4")).toBe("20");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });
});
