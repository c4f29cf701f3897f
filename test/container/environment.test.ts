import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient } from "../hub-client.ts";
import { admin, adminPassword, installedMachine, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";
import { typeIntoTerminal } from "../type-into-terminal.ts";

/** One of `homeroom env history --json`. */
interface Entry {
  id: string;
  who: string[];
  what: string | null;
  packages: { name: string; how: string }[];
}

/** Each builds an environment and tries servers from it: much where other work takes the processors. */
const building = { timeout: 10 * 60_000 };

describe.each(testImages)("the shared environment on %s", (image) => {
  let machine: Machine;
  let teacher: HubClient;
  let alice: HubClient;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "environment" });
    await shell(machine, "homeroom config add users.allowed alice");
    // What is done before the first snapshot is no change of it.
    await shell(
      machine,
      "timeout 120 sh -c 'until [ -e /var/lib/homeroom/snapshots/latest ]; do sleep 0.2; done'",
    );
    teacher = await loggedIn(admin, adminPassword);
    alice = await loggedIn("alice", "password-of-alice");
  });
  afterAll(async () => {
    await machine?.down();
  });

  async function loggedIn(name: string, password: string): Promise<HubClient> {
    const client = new HubClient(`${machine.url}/`);
    await client.login(name, password);
    await client.startServer(name);
    return client;
  }

  async function history(): Promise<Entry[]> {
    const { stdout } = await machine.exec(["homeroom", "env", "history", "--json"]);
    return JSON.parse(stdout) as Entry[];
  }

  /** The newest snapshot, once it says that a package came, changed or went. */
  async function snapshotOf(name: string, how: string): Promise<Entry | undefined> {
    let newest: Entry | undefined;
    await expect
      .poll(
        async () => {
          newest = (await history())[0];
          return newest?.packages.filter((each) => each.name === name).map((each) => each.how);
        },
        { timeout: 60_000, interval: 1000 },
      )
      .toEqual([how]);
    return newest;
  }

  test("what the teacher installs in a terminal of JupyterLab a student's notebook imports", async () => {
    expect(await typeIntoTerminal(teacher, admin, "umask 077; pip install cowsay==6.1")).toContain(
      "Successfully installed cowsay-6.1",
    );
    expect(await alice.run("alice", "import cowsay; cowsay.__version__")).toBe("'6.1'");
  });

  test("of which a snapshot is taken that says who and what", async () => {
    expect(await snapshotOf("cowsay", "new")).toMatchObject({ who: [admin], what: null });
  });

  test("files that an admin brought with closed rights are opened to all, and to no student for writing", async () => {
    const site = "/opt/homeroom/environment/lib/python3.*/site-packages";
    const by = `runuser -u jupyter-${admin} -- bash -c`;
    await shell(
      machine,
      `${by} 'cd ${site} && umask 077 && mkdir course && echo answer=42 >course/__init__.py'`,
    );
    await shell(machine, `${by} 'cd ${site} && echo answer=43 >loose.py && chmod 600 loose.py'`);
    await expect
      .poll(() => alice.run("alice", "import course, loose; course.answer, loose.answer"), {
        timeout: 60_000,
        interval: 1000,
      })
      .toBe("(42, 43)");
    expect(await shell(machine, `find /opt/homeroom/environments/ -perm /o+w ! -type l | head`)).toBe("");
    expect(
      await shell(machine, `find ${site}/course ${site}/loose.py ! -group homeroom-admins -o ! -perm -g+w`),
    ).toBe("");
  });

  test("a student's own pip goes to their home and leaves the environment alone", async () => {
    const said = await alice.run("alice", "%pip install pyjokes==0.8.3");
    expect(said).toContain("Defaulting to user installation");
    expect(await alice.run("alice", "import pyjokes; pyjokes.__file__")).toContain(
      "/home/jupyter-alice/.local/",
    );
    expect(await teacher.run(admin, "import pyjokes")).toContain("ModuleNotFoundError");
  });

  test("add shows what changes and declares it; what was installed by hand stays", building, async () => {
    const said = await shell(machine, "homeroom env add 'toolz==1.0.0'");
    expect(said).toMatch(/\+ toolz +1\.0\.0 +new/);
    expect(await shell(machine, "homeroom config get environment.packages")).toContain("toolz==1.0.0");
    const python = "/opt/homeroom/environment/bin/python";
    expect(
      await shell(machine, `${python} -c 'import cowsay, course, toolz; print(toolz.__version__)'`),
    ).toBe("1.0.0\n");
    expect((await history())[0]).toMatchObject({ what: "env add toolz==1.0.0" });
    const { stdout } = await machine.exec(["homeroom", "env", "diff", "--json"], { okCodes: [2] });
    expect(JSON.parse(stdout)).toMatchObject({
      undeclared: [{ name: "cowsay", version: "6.1" }],
      missing: [],
      damaged: [],
    });
    await shell(machine, "homeroom env export --folder /root/exported");
    expect(await shell(machine, "cat /root/exported/requirements.txt")).toMatch(
      /^cowsay==6\.1$[^]*^toolz==1\.0\.0$/m,
    );
  });

  test("what cannot be had changes nothing and is named", async () => {
    const before = await shell(machine, "readlink /opt/homeroom/environment; cat /etc/homeroom/config.yaml");
    const said = await shell(machine, "homeroom env add 'toolz==99'", [1]);
    expect(said).toContain("toolz");
    expect(await shell(machine, "readlink /opt/homeroom/environment; cat /etc/homeroom/config.yaml")).toBe(
      before,
    );
  });

  test(
    "restore gives the environment before a change back, without a network; a running kernel keeps what it has",
    building,
    async () => {
      await using kernel = await alice.kernel("alice");
      expect(await kernel.run("import cowsay; 1")).toBe("1");
      await shell(
        machine,
        `runuser -u jupyter-${admin} -- /opt/homeroom/environment/bin/pip uninstall --yes cowsay`,
      );
      await snapshotOf("cowsay", "removed");
      const route = (await shell(machine, "ip route show default")).trim();
      await shell(machine, `ip route del ${route}`);
      const said = await shell(machine, "homeroom env restore");
      await shell(machine, `ip route add ${route}`);
      expect(said).toMatch(/\+ cowsay +6\.1 +new/);
      expect(said).toContain("no network is used");
      const python = "/opt/homeroom/environment/bin/python";
      expect(await shell(machine, `${python} -c 'import cowsay, course; print(course.answer)'`)).toBe("42\n");
      expect(await kernel.run("import json.tool, cowsay.characters; 5*4")).toBe("20");
      expect((await history())[0]?.what).toMatch(/^env restore/);
    },
  );
});
