import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RouteStore } from "../../../templates/proxy/route-store.ts";

const hub = "http+unix://hub";
const warn = vi.fn<(...words: unknown[]) => void>();
const log = { debug: warn, info: warn, warn, error: warn };
let directory = "";
let file = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "routes-"));
  file = join(directory, "routes.json");
  warn.mockClear();
});
afterEach(() => rmSync(directory, { recursive: true }));

test("routes survive a restart, with their last activity", async () => {
  const store = new RouteStore(file, hub, log);
  await store.add("/user/alice/", {
    target: "http+unix://alice",
    user: "alice",
    last_activity: new Date(5000),
  });
  const next = new RouteStore(file, hub, log);
  expect(await next.getTarget("/user/alice/lab")).toMatchObject({ prefix: "/user/alice" });
  expect((await next.get("/user/alice"))?.last_activity).toEqual(new Date(5000));
  await next.remove("/user/alice");
  expect(await new RouteStore(file, hub, log).get("/user/alice")).toBeUndefined();
});

test("what no route claims goes to the hub, at first and after a change of the table", async () => {
  const store = new RouteStore(file, hub, log);
  expect((await store.getTarget("/anything"))?.data.target).toBe(hub);
  await store.add("/class", { target: "http+unix://other" });
  const next = new RouteStore(file, hub, log);
  expect((await next.getTarget("/"))?.data.target).toBe(hub);
  expect((await next.getTarget("/class/x"))?.data.target).toBe("http+unix://other");
});

test("the file is written whole, readable by its owner only, and nothing is left beside it", async () => {
  const store = new RouteStore(file, hub, log);
  await store.add("/a", { target: "x" });
  expect(readdirSync(directory)).toEqual(["routes.json"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(Object.keys(JSON.parse(readFileSync(file, "utf8")) as object)).toContain("/a");
});

test("an unreadable file is told and replaced", async () => {
  writeFileSync(file, '{"/a": ');
  const store = new RouteStore(file, hub, log);
  expect(warn).toHaveBeenCalledOnce();
  expect(await store.get("/a")).toBeUndefined();
  await store.add("/b", { target: "x" });
  expect(await new RouteStore(file, hub, log).get("/b")).toBeDefined();
});

test("two instances follow each other, additions and removals", async () => {
  const a = new RouteStore(file, hub, log);
  const b = new RouteStore(file, hub, log);
  await a.add("/user/alice", { target: "x" });
  await vi.waitFor(async () => expect(await b.get("/user/alice")).toBeDefined());
  await b.add("/user/bob", { target: "y" });
  await vi.waitFor(async () => expect(await a.get("/user/bob")).toBeDefined());
  await a.remove("/user/alice");
  await vi.waitFor(async () => expect(await b.get("/user/alice")).toBeUndefined());
  expect(await b.get("/user/bob")).toBeDefined();
});

test("activity on a route that has gone is no error", () => {
  expect(() => new RouteStore(file, hub, log).update("/gone", { last_activity: new Date() })).not.toThrow();
});
