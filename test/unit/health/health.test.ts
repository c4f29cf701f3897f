import { expect, onTestFinished, test, vi } from "vitest";
import { checkHealth } from "../../../installer/health/health.ts";
import { FakeHost } from "../../fake-host.ts";
import { configFrom } from "../config/config-from.ts";

const ok = { status: 200, body: "" };

async function check(text: string, pages: FakeHost["pages"], patienceMs = 0) {
  const machine = new FakeHost();
  const asked: string[] = [];
  machine.pages = (address) => {
    asked.push(address);
    return pages(address);
  };
  const problems = await checkHealth(machine, configFrom(text), { patienceMs });
  return { asked, problems };
}

test.each([
  ["", "http://127.0.0.1:80/"],
  ["base_url: /hub101\nhttp: { port: 8080 }\n", "http://127.0.0.1:8080/hub101/"],
  ["http: { address: '0.0.0.0' }\n", "http://127.0.0.1:80/"],
  ["http: { address: '::' }\n", "http://127.0.0.1:80/"],
  ["http: { address: 192.0.2.1 }\n", "http://192.0.2.1:80/"],
  ["http: { address: '2001:db8::1' }\n", "http://[2001:db8::1]:80/"],
])("with %j the hub is asked at %s", async (text, door) => {
  const { asked, problems } = await check(text, () => ok);
  expect([asked, problems]).toEqual([[`${door}hub/health`, `${door}hub/login`], []]);
});

test("a login page may lead to another site", async () => {
  const { problems } = await check("", (address) =>
    address.endsWith("login") ? { status: 302, body: "" } : ok,
  );
  expect(problems).toEqual([]);
});

test.each([
  ["nobody", () => undefined, "front door", "homeroom-proxy@a.service"],
  ["the proxy alone", () => ({ status: 503, body: "" }), "hub", "homeroom-hub.service"],
  ["another program, with a redirect,", () => ({ status: 302, body: "" }), "hub", "homeroom-hub.service"],
  [
    "a hub without a login page",
    (address: string) => (address.endsWith("health") ? ok : { status: 500, body: "" }),
    "login page",
    "homeroom-hub.service",
  ],
  [
    "a hub that hangs at its login page",
    (address: string) => (address.endsWith("health") ? ok : undefined),
    "login page",
    "homeroom-hub.service",
  ],
] as const)("where %s answers, the problem says where to look", async (_, pages, name, unit) => {
  const { problems } = await check("", pages);
  expect(problems).toEqual([
    { check: name, unit, message: expect.any(String), remedy: expect.stringContaining(unit) },
  ]);
});

test("a hub that is just starting is waited for", async () => {
  let left = 3;
  const { asked, problems } = await check(
    "",
    () => {
      left -= 1;
      return left < 0 ? ok : left % 2 === 0 ? undefined : { status: 503, body: "" };
    },
    10_000,
  );
  expect([problems, asked.length]).toEqual([[], 5]);
});

test.each([
  [503, 180_000],
  [500, 10_000],
])("the wait has an end: with %d after %d ms", async (status, milliseconds) => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const began = performance.now();
  let ended = began;
  const checked = check("", () => ({ status, body: "" }), 180_000).finally(() => (ended = performance.now()));
  await vi.advanceTimersByTimeAsync(200_000);
  expect((await checked).problems).toHaveLength(1);
  expect(ended - began).toBeGreaterThan(milliseconds - 100);
  expect(ended - began).toBeLessThan(milliseconds + 100);
});
