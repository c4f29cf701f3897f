import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createProgressPage, showProgress } from "../../../templates/progress/progress-page.ts";

const page = join(import.meta.dirname, "../../../templates/progress/page.html");
let directory: string;
let steps: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "homeroom-progress-"));
  steps = join(directory, "progress.json");
});
afterEach(() => rm(directory, { recursive: true }));

async function show(list: unknown): Promise<void> {
  await writeFile(`${steps}.new`, JSON.stringify(list));
  await rename(`${steps}.new`, steps);
}

/** A front door that shows the page, and says "hub" where the page lets a request through. */
async function openDoor() {
  const server = createServer((_request, response) => response.end("hub"));
  showProgress(server, { steps, page });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    get: (path: string) => fetch(`http://127.0.0.1:${port}${path}`),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("shows names, states and times of the steps and nothing else of them", async () => {
  await show([
    { name: "Install <packages>", state: "completed", seconds: 1.25, detail: "secret" },
    { name: "Start the hub", state: "started" },
  ]);
  await using door = await openDoor();
  const html = await (await door.get("/")).text();
  expect(html).toContain("<span>Install &#60;packages&#62;</span><time>1.3 s</time>");
  expect(html).toContain('<li data-state="started"><span>Start the hub</span>');
  expect(html).not.toContain("secret");
  const answer = await door.get("/homeroom-progress.json");
  expect(answer.headers.get("homeroom-progress")).toBe("1");
  expect(await answer.json()).toEqual([
    { name: "Install <packages>", state: "completed", seconds: 1.25 },
    { name: "Start the hub", state: "started" },
  ]);
});

test("is never taken for the hub", async () => {
  await show([]);
  await using door = await openDoor();
  expect((await door.get("/")).status).toBe(200);
  const health = await door.get("/hub/health");
  expect([health.status, health.headers.get("retry-after")]).toEqual([503, "3"]);
});

test("gives way to the hub for good when the steps are gone, and no request between fails", async () => {
  await show([{ name: "Start the hub", state: "started" }]);
  await using door = await openDoor();
  const answers: string[] = [];
  for (let number = 0; number < 40; number += 1) {
    if (number === 20) await rm(steps);
    const answer = await door.get("/");
    expect(answer.status).toBe(200);
    answers.push((await answer.text()) === "hub" ? "hub" : "page");
  }
  expect(answers).toEqual([...Array<string>(20).fill("page"), ...Array<string>(20).fill("hub")]);
  await show([]);
  expect(await (await door.get("/")).text()).toBe("hub");
});

test("half-written steps show an empty list, not an error", async () => {
  await writeFile(steps, '[{"name": "Inst');
  await using door = await openDoor();
  expect(await (await door.get("/homeroom-progress.json")).json()).toEqual([]);
});

test("is not there where nothing is being installed", () => {
  expect(createProgressPage({ steps, page })).toBeUndefined();
});
