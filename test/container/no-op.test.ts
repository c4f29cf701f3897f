import { afterAll, beforeAll, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { environmentChecked, installedMachine, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";
import { startWatch } from "../watch.ts";

let machine: Machine;
beforeAll(async () => {
  machine = await installedMachine(testImages[0] ?? "bookworm", { purpose: "no-op" });
  await shell(machine, "homeroom config set limits.memory=768M");
});
afterAll(async () => {
  await machine?.down();
});

test("an apply with nothing to do touches no file and no unit, as the kernel and the journal tell", async () => {
  await environmentChecked(machine);
  // Node keeps what it compiled of a command that runs for the first time.
  await shell(machine, "homeroom apply; homeroom apply --yes --json; homeroom plan");
  const watch = await startWatch(machine);
  expect(await shell(machine, "homeroom apply")).toContain("Nothing to do");
  expect(await shell(machine, "homeroom apply --yes --json")).toContain('"unchanged"');
  expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  expect(await watch.end()).toEqual([]);
});

test("the same watch sees a limit written and nothing restarted, and a setting of the hub restart it", async () => {
  const limit = await startWatch(machine);
  await shell(machine, "homeroom config set limits.memory=640M");
  const touched = (await limit.end()).join("\n");
  expect(touched).toContain("/etc/homeroom/config.yaml ");
  expect(touched).toContain("/var/lib/homeroom/generations/");
  expect(touched).not.toMatch(/^homeroom|Reload/m);
  const setting = await startWatch(machine);
  await shell(machine, "homeroom config set auth.FirstUseAuthenticator.min_password_length=9 --yes");
  expect((await setting.end()).join("\n")).toMatch(/^homeroom-hub\.service Started/m);
});
