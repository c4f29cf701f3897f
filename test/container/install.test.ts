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
import { atWork, letIn } from "../log-in.ts";
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

  test("after a reboot everything comes back by itself", async () => {
    await letIn(machine, "bob");
    await machine.reboot();
    await hubAnswers(machine);
    const client = await atWork(machine, "bob");
    expect(await client.run("bob", "5*4")).toBe("20");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });
});
