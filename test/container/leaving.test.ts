import { afterAll, beforeAll, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient } from "../hub-client.ts";
import { installedMachine, shell } from "../installed-machine.ts";
import { atWork, letIn, logIn } from "../log-in.ts";
import { testImages } from "../machine.ts";

/** Passwords, and what stays of people who left: nothing of it differs between images, so one is enough. */
let machine: Machine;
beforeAll(async () => {
  machine = await installedMachine(testImages[0] ?? "bookworm", { purpose: "leaving" });
  await letIn(machine, "alice", "bob");
});
afterAll(async () => {
  await machine?.down();
});

interface Listed {
  username: string;
  server: string;
  lastActivity: string | null;
  memoryLimit: number | null;
  ownPassword: boolean;
}

const listed = async (name: string) =>
  (JSON.parse(await shell(machine, "homeroom users list --json")) as Listed[]).find(
    ({ username }) => username === name,
  );
const isActive = async (unit: string) =>
  (await shell(machine, `systemctl is-active '${unit}'`, [0, 3, 4])).trim();
/** Whether somebody comes in with a password, and what the page said. */
async function comesIn(name: string, password: string, code?: string): Promise<[boolean, string]> {
  const client = new HubClient(`${machine.url}/`);
  const form = { _xsrf: await client.openLogin(), username: name, password };
  const { body } = await client.request("hub/login?next=", {
    method: "POST",
    body: new URLSearchParams(code === undefined ? form : { ...form, class_code: code }).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  return [await client.isLoggedIn(), body];
}

test("the list says whose server runs, since when they were there, and what they may have", async () => {
  expect(await listed("alice")).toMatchObject({ server: "stopped", lastActivity: null, ownPassword: false });
  await atWork(machine, "alice");
  const alice = await listed("alice");
  expect(alice).toMatchObject({ server: "running", ownPassword: true });
  expect(Math.abs(Date.now() - Date.parse(alice?.lastActivity ?? ""))).toBeLessThan(10 * 60_000);
  expect(alice?.memoryLimit).toBeGreaterThan(2 ** 20);
  expect(await shell(machine, "homeroom users list")).toMatch(/^alice +student +running /m);
  expect(await shell(machine, "homeroom users show alice")).toMatch(/^password: +chosen by the person$/m);
});

test("another password ends what the old one opened, and is the only one from then on", async () => {
  const alice = await atWork(machine, "alice");
  await shell(machine, "echo a-new-password | homeroom users reset-password alice --password-stdin");
  await expect.poll(() => alice.isLoggedIn(), { timeout: 10_000 }).toBe(false);
  await expect.poll(() => isActive("homeroom-user@alice.service"), { timeout: 30_000 }).not.toBe("active");
  expect((await comesIn("alice", "password-of-alice"))[0]).toBe(false);
  expect((await comesIn("alice", "a-new-password"))[0]).toBe(true);
  const made = (await shell(machine, "homeroom users reset-password alice --generate 2>/dev/null")).trim();
  expect((await comesIn("alice", "a-new-password"))[0]).toBe(false);
  expect((await comesIn("alice", made))[0]).toBe(true);
  for (const word of [made, "a-new-password"])
    await shell(machine, `grep -rqsF -- ${word} /etc/homeroom /var/lib/homeroom /var/log`, [1]);
});

test("who is signed out has to log in again, and may", async () => {
  const bob = await atWork(machine, "bob");
  await shell(machine, "homeroom users sign-out bob");
  await expect.poll(() => bob.isLoggedIn(), { timeout: 10_000 }).toBe(false);
  await expect.poll(() => isActive("homeroom-user@bob.service"), { timeout: 30_000 }).not.toBe("active");
  await logIn(machine, "bob");
});

test("with a class code only those who know it come in for the first time, and need it once", async () => {
  await shell(machine, "homeroom config set auth.first_password=code && homeroom users add carol");
  await shell(machine, "echo blue-whale-42 | homeroom users class-code --password-stdin");
  expect((await new HubClient(`${machine.url}/`).get("hub/login")).body).toContain('name="class_code"');
  expect(await comesIn("carol", "carols-own-word")).toEqual([false, expect.stringContaining("class code")]);
  expect((await comesIn("carol", "carols-own-word", "blue-wale-42"))[0]).toBe(false);
  expect((await comesIn("carol", "carols-own-word", "blue-whale-42"))[0]).toBe(true);
  expect((await comesIn("carol", "carols-own-word"))[0]).toBe(true);
  await shell(machine, "homeroom config set auth.first_password=own");
});

test("a home whose time is over is announced, kept where it changed, and deleted a night later", async () => {
  const bob = await atWork(machine, "bob");
  await bob.run("bob", "open('work.txt', 'w').write('of bob')");
  await shell(machine, "homeroom users remove alice bob --yes");
  expect(await isActive("homeroom-sweep.timer")).toBe("active");
  const tombstone = (name: string) => `/var/lib/homeroom/tombstones/jupyter-${name}`;
  const age = (name: string, key: string, days: number) =>
    shell(
      machine,
      `python3 - <<'END'
import datetime, json
path = "${tombstone(name)}"
kept = json.load(open(path))
kept["${key}"] = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=${days})).isoformat()
json.dump(kept, open(path, "w"))
END`,
    );
  const sweep = async () => {
    await shell(machine, "systemctl start homeroom-sweep.service");
    return shell(machine, "journalctl -o cat -u homeroom-sweep.service");
  };
  await sweep();
  expect(await shell(machine, "ls /home")).toContain("jupyter-bob");
  // Removed long ago by what is written, and changed since, as everything here is of today.
  for (const name of ["alice", "bob"]) await age(name, "removed", 200);
  expect(await sweep()).toMatch(/Keeping \/home\/jupyter-bob of bob.*changed after the removal/);
  // Removed a moment ago, and a config that keeps homes for no time.
  for (const name of ["alice", "bob"]) await age(name, "removed", 0);
  await shell(machine, "homeroom config set users.keep_homes=0");
  const said = await sweep();
  expect(said).toContain("Tomorrow night /home/jupyter-bob of bob");
  expect(await shell(machine, "cat /home/jupyter-bob/work.txt")).toBe("of bob");
  await age("bob", "announced", 1);
  expect(await sweep()).toContain("Deleting /home/jupyter-bob of bob");
  expect(await shell(machine, "ls /home; getent passwd jupyter-bob | wc -l")).toMatch(
    /jupyter-alice[^]*\n0\n$/,
  );
  expect(await shell(machine, "ls /home")).not.toContain("jupyter-bob");
});

test("somebody forgotten leaves nothing, and a namesake gets another number and no password of theirs", async () => {
  await shell(machine, "homeroom users add dora");
  const dora = await atWork(machine, "dora");
  await dora.run("dora", "open('work.txt', 'w').write('of dora')");
  const uid = (await shell(machine, "id -u jupyter-dora")).trim();
  await shell(machine, "homeroom users remove dora --yes && homeroom users forget dora --yes");
  expect(await shell(machine, "ls -d /home/jupyter-dora", [2])).toContain("No such file");
  await shell(machine, "homeroom users add dora");
  await expect
    .poll(async () => (await comesIn("dora", "another-doras-word"))[0], { timeout: 20_000 })
    .toBe(true);
  const other = new HubClient(`${machine.url}/`);
  await other.login("dora", "another-doras-word");
  await other.startServer("dora");
  expect(await other.run("dora", "import os; os.path.exists('work.txt')")).toBe("False");
  expect((await shell(machine, "id -u jupyter-dora")).trim()).not.toBe(uid);
});
