import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { admin, adminPassword, installedMachine, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

/** HOMEROOM_KEEP_SCREENSHOTS=1 renews the pictures of README.md. */
const pictures =
  process.env["HOMEROOM_KEEP_SCREENSHOTS"] === "1"
    ? join(import.meta.dirname, "../../docs/images")
    : undefined;
const second = 1000;

let machine: Machine;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  machine = await installedMachine(testImages[0] ?? "bookworm", { purpose: "browser" });
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  page = await browser.newPage({ viewport: { width: 1200, height: 720 } });
});
afterAll(async () => {
  await browser?.close();
  await machine?.down();
});

test("a teacher logs in with a browser, JupyterLab opens, a cell runs", async () => {
  const keep = async (name: string) => {
    if (pictures === undefined) return;
    await mkdir(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, name) });
  };
  await page.goto(`${machine.url}/`);
  await page.locator("input[name=username]").fill(admin);
  await page.locator("input[name=password]").fill(adminPassword);
  await keep("login.png");
  await page.locator("form [type=submit]").click();
  await page.waitForURL("**/lab**", { timeout: 60 * second });
  await page
    .locator(".jp-LauncherCard[data-category=Notebook]")
    .first()
    .click({ timeout: 60 * second });
  const cell = page.locator(".jp-CodeCell .cm-content").first();
  await cell.click({ timeout: 60 * second });
  await page.keyboard.type("5*4");
  const output = page.locator(".jp-OutputArea-output").first();
  // JupyterLab drops what is run before the kernel listens: a person would run it again.
  for (let tries = 0; tries < 30 && (await output.count()) === 0; tries += 1) {
    await cell.click();
    await page.keyboard.press("Control+Enter");
    await page.waitForTimeout(second);
  }
  expect((await output.innerText()).trim()).toBe("20");
  await keep("jupyterlab.png");
});

test("how much memory is used, and of how much, stands in the status line", async () => {
  const limit = (await shell(machine, "homeroom config get --json limits.memory")).trim();
  const mebibytes = (Number(limit) / 1024 ** 2).toFixed(2);
  const words = await page.getByText(/^Mem: /).textContent({ timeout: 60 * second });
  expect(words).toMatch(/^Mem:\s+\d+\.\d\d \//);
  expect(words).toContain(`/ ${mebibytes} MB`);
});

test("a notice of the teacher's appears while people work, is gone once it was read, and escaped on the hub's pages", async () => {
  const words = "Exam at <b>ten</b>";
  await shell(machine, `homeroom config set classroom.notice='${words}' --yes`);
  const shown = page.locator(".Toastify__toast", { hasText: words });
  await shown.waitFor({ timeout: 60 * second });
  await shown.getByText("Got it").click({ timeout: 30 * second });
  await shown.waitFor({ state: "detached" });
  const lab = page.url();
  await page.goto(`${machine.url}/hub/home`);
  expect(await page.locator(".alert-info").innerText()).toBe(words);
  await page.goto(lab);
  await page
    .locator(".jp-LauncherCard, .jp-Notebook")
    .first()
    .waitFor({ timeout: 60 * second });
  expect(await shown.count()).toBe(0);
});

/** The kernel itself makes this event only where memory limits hold: the vm tier has that half. */
test("an end for lack of memory is shown at once, with what to do one click away", async () => {
  const address = `${machine.url}/user/${admin}/api/events`;
  const cookies = await page.context().cookies(address);
  const token = cookies.find(({ name }) => name === "_xsrf")?.value ?? "";
  const event = { message: "Out of memory: it ate.", advice: "Eat less.", ended: 1, limit: 1 };
  const made = await page.request.post(address, {
    headers: { "x-xsrftoken": token },
    data: { schema_id: "https://events.homeroom.invalid/memory", version: "1", data: event },
  });
  expect(made.status()).toBe(204);
  await page.getByText("Out of memory: it ate.").waitFor({ timeout: 30 * second });
  await page.getByText("What to do").click({ timeout: 30 * second });
  const dialog = page.locator(".jp-Dialog", { hasText: "Eat less." });
  await dialog.locator(".jp-mod-accept").click({ timeout: 30 * second });
  await dialog.waitFor({ state: "detached" });
});
