import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient } from "../hub-client.ts";
import { admin, adminPassword, installedMachine, shell, siteOf } from "../installed-machine.ts";
import { testImages } from "../machine.ts";
import { makeWheel } from "../registry/make-wheel.ts";
import { startPackageIndex, type PackageIndex } from "../registry/package-index.ts";
import { typeIntoTerminal } from "../type-into-terminal.ts";

/** Where packages come from, and what goes wrong there. One image is enough. */
const [image = "bookworm"] = testImages;
const building = { timeout: 10 * 60_000 };
const password = "geheim99";
const python = "/opt/homeroom/environment/bin/python";

let machine: Machine;
let index: PackageIndex;
/** The index's address, with name and password. */
let address: string;

const wheels = [
  makeWheel("lesson", "1.0"),
  makeWheel("lesson", "1.1"),
  makeWheel("homework", "1.0"),
  ...["silent", "halved", "exchanged", "full"].map((name) =>
    // of no use to compress, and more than the little disk has room for
    makeWheel(name, "1.0", { files: { [`${name}.py`]: name === "full" ? noise(24 * 1024 ** 2) : "" } }),
  ),
];

beforeAll(async () => {
  machine = await installedMachine(image, { purpose: "package-index" });
  index = await startPackageIndex({
    wheels,
    credentials: `ada:${password}`,
    upstream: "https://pypi.org/simple",
    wrongs: {
      "silent-1.0-py3-none-any.whl": "silent",
      "halved-1.0-py3-none-any.whl": "cut-off",
      "exchanged-1.0-py3-none-any.whl": makeWheel("exchanged", "1.0", { files: { "evil.py": "" } }).content,
    },
  });
  address = (await siteOf(machine, index.port)).replace("//", `//ada:${password}@`).concat("/simple");
  await shell(machine, "homeroom config add users.allowed alice");
});
afterAll(async () => {
  await machine?.down();
  await index?.[Symbol.asyncDispose]();
});

async function loggedIn(name: string, secret: string): Promise<HubClient> {
  const client = new HubClient(`${machine.url}/`);
  await client.login(name, secret);
  await client.startServer(name);
  return client;
}

test(
  "the index that the config names gives what is declared, and nothing tells its password",
  building,
  async () => {
    await shell(machine, `homeroom config set 'environment.index=${address}'`);
    await shell(machine, "homeroom env add lesson==1.0");
    expect(await shell(machine, `${python} -c 'import lesson; print(lesson.version)'`)).toBe("1.0\n");
    expect(index.requests).toContain("/simple/lesson/");
    expect(await shell(machine, "homeroom config show; homeroom plan; homeroom tasks", [0, 2])).not.toContain(
      password,
    );
    const places =
      "/var/log /var/lib/homeroom/journal /var/lib/homeroom/snapshots /var/lib/homeroom/environments /run/homeroom";
    expect(
      await shell(machine, `grep -rl ${password} ${places}; journalctl | grep -c ${password}`, [1]),
    ).toBe("0\n");
    expect(
      await shell(
        machine,
        `find /etc /var/lib/homeroom /opt/homeroom -type f -perm /044 -exec grep -l ${password} {} +`,
        [0, 1],
      ),
    ).toBe("");
  },
);

test("an admin's pip gets from it, too; a student learns nothing of it", building, async () => {
  const teacher = await loggedIn(admin, adminPassword);
  expect(await typeIntoTerminal(teacher, admin, "pip install lesson==1.1")).toContain(
    "Successfully installed lesson-1.1",
  );
  const alice = await loggedIn("alice", "password-of-alice");
  expect(await alice.run("alice", "import lesson; lesson.version")).toBe("'1.1'");
  expect(
    await alice.run("alice", "import os; [value for value in os.environ.values() if 'ada' in value]"),
  ).toBe("[]");
  // The index vouches for it by its hash: no copy is kept.
  const script =
    "import json; print([p.get('copied', False) for p in json.load(open('/var/lib/homeroom/snapshots/latest'))['packages'] if (p['name'], p['version']) == ('lesson', '1.1')])";
  const lesson = () => shell(machine, `python3 -c "${script}"`);
  await expect.poll(lesson, { timeout: 60_000, interval: 1000 }).toBe("[False]\n");
});

const failures = [
  { how: "does not answer", asked: "silent", says: /did not answer in time.*silent/ },
  {
    how: "breaks off in the middle of a file",
    asked: "halved",
    says: /(?:arrived damaged or incomplete|cannot reach the package index).*halved/,
  },
  {
    how: "gives out another file",
    asked: "exchanged",
    says: /The file of exchanged==1\.0 is not the one that was recorded/,
  },
  { how: "lacks the version", asked: "lesson==7", says: /does not have lesson/ },
  { how: "lacks the package", asked: "no-such-lesson", says: /has no package no-such-lesson/ },
];

/** What must stay as it was, and answer. */
const inUse = () =>
  shell(
    machine,
    `readlink /opt/homeroom/environment; cat /etc/homeroom/config.yaml; ${python} -c 'import lesson, jupyterlab; print(lesson.version)'`,
  );

test.each(failures)(
  "where the index $how the old environment stays in use",
  building,
  async ({ asked, says }) => {
    const before = await inUse();
    const said = await shell(machine, `UV_HTTP_TIMEOUT=3 UV_HTTP_RETRIES=0 homeroom env add ${asked}`, [1]);
    expect(said).toMatch(says);
    expect(said).not.toContain(password);
    expect(await inUse()).toBe(before);
  },
);

test("where the disk gets full in the middle the old environment stays in use", building, async () => {
  const before = await inUse();
  const cache = "/var/cache/homeroom/homeroom-env";
  await shell(machine, `mount -t tmpfs -o size=16m,mode=700,uid=$(id -u homeroom-env) tmpfs ${cache}`);
  const said = await shell(machine, "homeroom env add full", [1]);
  await shell(machine, `umount ${cache}`);
  expect(said).toContain("The disk is full.");
  expect(await inUse()).toBe(before);
});

test("where the config names none, what pip and uv of the machine are set to counts", building, async () => {
  const { pathname, origin } = new URL(address);
  await using open = await startPackageIndex({ wheels });
  const openAddress = `${origin.replace(`:${index.port}`, `:${open.port}`)}${pathname}`;
  await shell(machine, "homeroom config unset environment.index");
  await shell(machine, `printf '[global]\nextra-index-url =\n  ${openAddress}\n' >/etc/pip.conf`);
  await shell(machine, "homeroom env add homework");
  expect(await shell(machine, `${python} -c 'import homework; print(homework.version)'`)).toBe("1.0\n");
  expect(open.requests).toContain("/files/homework-1.0-py3-none-any.whl");
  await shell(
    machine,
    `rm /etc/pip.conf; mkdir /etc/uv; printf '[[index]]\nurl = "${openAddress}"\n' >/etc/uv/uv.toml; homeroom apply`,
  );
  const alice = await loggedIn("alice", "password-of-alice");
  await shell(machine, "systemctl stop homeroom-user@alice.service");
  await alice.startServer("alice");
  expect(await alice.run("alice", "import os; os.environ['PIP_EXTRA_INDEX_URL']")).toBe(`'${openAddress}'`);
});

test(
  "a bundle gives the same environment to a machine without a network; a damaged one changes nothing",
  building,
  async () => {
    const by = `runuser -u jupyter-${admin} -- sh -c`;
    await shell(
      machine,
      `${by} 'echo answer=42 >$(echo /opt/homeroom/environment/lib/python3.*/site-packages)/course_note.py'`,
    );
    await shell(machine, "homeroom env bundle /root/class.tar");
    const folder = await mkdtemp(join(tmpdir(), "bundle-"));
    await machine.copyOut("/root/class.tar", `${folder}/class.tar`);
    await using other = await installedMachine(image, { purpose: "offline-bundle" });
    await other.copyIn(`${folder}/class.tar`, "/root/class.tar");
    await rm(folder, { recursive: true });
    await shell(other, "ip link set eth0 down; head -c 100000 /root/class.tar >/root/cut.tar");
    const before = await shell(other, "readlink /opt/homeroom/environment");
    expect(await shell(other, "homeroom env restore --bundle /root/cut.tar", [1])).toContain(
      "it is no bundle, or was cut short",
    );
    expect(await shell(other, "readlink /opt/homeroom/environment")).toBe(before);
    await shell(other, "homeroom env restore --bundle /root/class.tar");
    const program = "import homework, course_note, jupyterlab; print(homework.version, course_note.answer)";
    expect(await shell(other, `${python} -c '${program}'`)).toBe("1.0 42\n");
    expect(
      await shell(other, "stat -c %U $(readlink /opt/homeroom/environment); ls /var/lib/homeroom/snapshots"),
    ).toMatch(/^homeroom-env\n(?!.*wheels-)/s);
  },
);

/** Bytes that do not get smaller. */
function noise(bytes: number): Buffer {
  const key = crypto.getRandomValues(new Uint8Array(65_536));
  return Buffer.concat(Array.from({ length: bytes / key.length }, (_, at) => key.map((byte) => byte ^ at)));
}
