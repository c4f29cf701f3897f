import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { admin, adminPassword, installedMachine } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

/** HOMEROOM_KEEP_SCREENSHOTS=1 renews the pictures of README.md. */
const pictures =
  process.env["HOMEROOM_KEEP_SCREENSHOTS"] === "1"
    ? join(import.meta.dirname, "../../docs/images")
    : undefined;
const second = 1000;

let machine: Machine;
let browser: Browser;
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
});
afterAll(async () => {
  await browser?.close();
  await machine?.down();
});

test("a teacher logs in with a browser, JupyterLab opens, a cell runs", async () => {
  const page = await browser.newPage({ viewport: { width: 1200, height: 720 } });
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
