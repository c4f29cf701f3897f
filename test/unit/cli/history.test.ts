import { mkdtemp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Journal } from "../../../installer/apply/journal.ts";
import { showHistory } from "../../../installer/cli/config/history.ts";
import { whatStays } from "../../../installer/cli/config/what-stays.ts";
import { commitGeneration, type Generation } from "../../../installer/generations/generations.ts";
import { createHost } from "../../../installer/host/local-host.ts";
import { FakeHost } from "../../fake-host.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "homeroom-history-"));
  await mkdir(join(root, "var/lib/homeroom"), { recursive: true });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true, force: true });
});

async function history(json?: true): Promise<string> {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  await showHistory({ root, ...(json ? { json } : {}) });
  return written.join("");
}

function generation(number: number, minute: number, resources: Generation["resources"] = []): Generation {
  const created = `2026-11-22T09:${minute}:00.000Z`;
  return { version: 1, number, created, release: "1.0.0", task: "t", who: "ada", config: "", resources };
}

async function fail(id: string, minute: number, state: "undone" | "cancelled"): Promise<void> {
  const plan = { version: 1 as const, steps: [], drift: [] };
  const started = `2026-11-22T09:${minute}:00.000Z`;
  const task = { id, command: "apply", who: "bob", started, from: 1, changes: ["base_url / -> /x/"], plan };
  const journal = await Journal.begin(createHost({ root }), task);
  await journal.record({ event: "ended", state, error: "The hub answers with 503.\nSee its log." });
}

async function fill(oldest = 1): Promise<void> {
  const host = createHost({ root });
  await fail("t0", 10, "undone");
  await commitGeneration(host, generation(oldest, 15), { config: "", roster: undefined });
  await fail("t1", 20, "undone");
  await fail("t2", 25, "cancelled");
  const config =
    "limits:\n  memory: 2G\nauth:\n  type: dummy\n  allow_dummy: true\n  DummyAuthenticator:\n    password: hunter2\n";
  await commitGeneration(host, generation(oldest + 1, 30), { config, roster: "username\nzoe\n" });
  await commitGeneration(host, generation(oldest + 2, 40), {
    config: `${config}# more\n`,
    roster: "username\nzoe\n",
  });
}

test("history lists generations and what was taken back, oldest first, with what each changed", async () => {
  await fill();
  const lines = (await history()).trimEnd().split("\n");
  expect(lines.shift()).toMatch(/^ {3}- .* 09:10 .* taken back /);
  expect(lines[0]).toBe("   1  2026-11-22 09:15  ada  healthy     installed");
  expect(lines[1]).toBe(
    "   -  2026-11-22 09:20  bob  taken back  base_url / -> /x/: The hub answers with 503.",
  );
  expect(lines[2]).toBe("   -  2026-11-22 09:25  bob  taken back  base_url / -> /x/: cancelled");
  expect(lines[3]).toMatch(/^ {3}2 .*limits\.memory \S+ -> 2G.*people \+zoe/);
  expect(lines[4]).toBe("*  3  2026-11-22 09:40  ada  healthy     comments or layout");
  expect(lines.join("\n")).not.toContain("hunter2");
});

test("as data each says whether it was healthy and is in use", async () => {
  await fill(41);
  expect(JSON.parse(await history(true))).toMatchObject([
    { generation: 41, healthy: true, current: false, changes: ["the oldest that is kept"] },
    { generation: null, healthy: false, who: "bob", error: "The hub answers with 503." },
    { generation: null, healthy: false, error: "cancelled" },
    { generation: 42, healthy: true },
    { generation: 43, current: true, changes: ["comments or layout"] },
  ]);
});

test("what a rollback does not bring back: deleted homes by name, the release, and what is never touched", async () => {
  const machine = new FakeHost();
  machine.putDirectory("/home/jupyter-zoe");
  const account = (name: string) => ({
    kind: "account",
    id: `jupyter-${name}`,
    state: { home: `/home/jupyter-${name}`, shell: "/bin/bash" },
    needs: [],
  });
  const then = generation(4, 10, ["alice", "bob", "zoe"].map(account));
  const now = { config: "users:\n  allowed: [alice]\n", roster: undefined, release: "1.1.0" };
  const before = {
    config: "users:\n  allowed: [alice, bob]\n",
    roster: "username\nzoe\nnew\n",
    release: "1.0.0",
  };
  expect(await whatStays(machine, then, now, before)).toEqual([
    "Deleted homes: those of bob are gone and begin empty.",
    "What the hub's own database has gained (who is logged in, tokens), where Homeroom 1.0.0 reads it in another form.",
    "Homes, passwords, packages that were installed by hand, and what lies in /etc/homeroom/jupyterhub_config.d: they stay as they are now.",
  ]);
  expect(await whatStays(machine, then, before, before)).toHaveLength(1);
});
