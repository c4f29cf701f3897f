import { afterAll, beforeAll, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { hubAnswers, installedMachine, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

let machine: Machine;
beforeAll(async () => {
  machine = await installedMachine(testImages[0] ?? "bookworm", { purpose: "trial" });
});
afterAll(async () => {
  await machine?.down();
});

/** Tries another default page, which is in what the hub reads: `compiled` says what is live, `written` what the file says. */
async function tryPage(page: string, time: string): Promise<void> {
  await shell(machine, `homeroom config set --no-apply user_environment.default_app=${page}`);
  expect(await shell(machine, `homeroom config try --for ${time} --yes`)).toContain("Trying it until");
}

const page = () => shell(machine, "homeroom config get user_environment.default_app");
const lastTask = () => shell(machine, "homeroom tasks | tail -n 1");
const pending = () => shell(machine, "homeroom plan", [0, 2]);

test("what is tried goes back by itself, though nobody is there any more", async () => {
  await shell(machine, "homeroom config set user_environment.default_app=jupyterlab --yes");
  await tryPage("classic", "15s");
  expect(await page()).toBe("classic\n");
  expect(await pending()).toContain("Nothing to do");
  await expect.poll(lastTask, { timeout: 180_000, interval: 1000 }).toMatch(/completed +config revert/);
  expect(await page()).toBe("jupyterlab\n");
  expect(await pending()).toContain("Nothing to do");
});

test("what is kept in time stays", async () => {
  await tryPage("classic", "10m");
  expect(await shell(machine, "homeroom config try --for 10m --yes", [1])).toContain("is being tried until");
  expect(await shell(machine, "homeroom config keep")).toContain("It stays.");
  expect(await shell(machine, "systemctl list-timers --all --no-legend 'homeroom-trial*'")).toBe("");
  expect(await shell(machine, "homeroom config revert")).toContain("Nothing is being tried.");
  expect(await page()).toBe("classic\n");
});

test("a reboot within the time takes it back, too", async () => {
  await shell(machine, "homeroom config set user_environment.default_app=classic --yes", [0, 1]);
  await tryPage("jupyterlab", "10m");
  await machine.reboot();
  await expect.poll(lastTask, { timeout: 90_000, interval: 1000 }).toMatch(/completed +config revert/);
  expect(await page()).toBe("classic\n");
  await hubAnswers(machine);
  expect(await pending()).toContain("Nothing to do");
  expect(await shell(machine, "homeroom config keep", [1])).toContain("Nothing is being tried.");
});
