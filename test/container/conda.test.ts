import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { channel, serveChannel } from "../conda-channel/serve-channel.ts";
import { HubClient } from "../hub-client.ts";
import { admin, adminPassword, environmentChecked, installedMachine, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";
import { typeIntoTerminal } from "../type-into-terminal.ts";

/** Each builds an environment and tries servers from it: much where other work takes the processors. */
const building = { timeout: 15 * 60_000 };
const python = "/opt/homeroom/environment/bin/python";
const prefix = "import sys, os; os.path.exists(sys.prefix + '/conda-meta')";

describe.each(testImages)("an environment of conda's packages on %s", (image) => {
  let machine: Machine;
  let teacher: HubClient;
  let alice: HubClient;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "conda" });
    await serveChannel(machine);
    await shell(machine, "homeroom config add users.allowed alice");
    await environmentChecked(machine);
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

  /** Another server for somebody, which sees what has changed since. */
  async function anew(client: HubClient, name: string): Promise<void> {
    await shell(machine, `systemctl stop homeroom-user@${name}.service`);
    await client.startServer(name);
  }

  async function newest(): Promise<{ who: string[]; what: string | null; packages: object[] } | undefined> {
    const { stdout } = await machine.exec(["homeroom", "env", "history", "--json"]);
    return (JSON.parse(stdout) as { who: string[]; what: string | null; packages: object[] }[])[0];
  }

  test("before, conda in a terminal says what to type instead", async () => {
    const said = await shell(machine, "/opt/homeroom/commands/conda install -y 'numpy=1.26' pytorch", [1]);
    expect(said).toContain("Type instead: pip install 'numpy==1.26.*' torch");
    expect(said).toContain("homeroom env switch conda");
  });

  test(
    "switch builds the same packages of the channel's, and servers start from them",
    building,
    async () => {
      await shell(machine, `homeroom config set 'environment.channels=["${channel}"]'`);
      const said = await shell(machine, "homeroom env switch conda");
      expect(said).toMatch(/\d\d packages stay as they are/);
      expect(await shell(machine, "homeroom config get environment.manager")).toBe("conda\n");
      teacher = await loggedIn(admin, adminPassword);
      alice = await loggedIn("alice", "password-of-alice");
      expect(await alice.run("alice", prefix)).toBe("True");
      expect(await shell(machine, "find /opt/homeroom/environment/ -user root | head -3")).toBe("");
    },
  );

  test(
    "add shows what comes of a channel, installs and declares it; a clash is told and changes nothing",
    building,
    async () => {
      const said = await shell(machine, "homeroom env add 'homeroom-sundial<2' homeroom-almanac");
      expect(said).toMatch(/\+ homeroom_sundial +1\.0 +new/);
      expect(await shell(machine, "/opt/homeroom/environment/bin/almanac")).toMatch(
        /^almanac of \/opt\/homeroom\/environments\//,
      );
      const before = await shell(
        machine,
        "readlink /opt/homeroom/environment; cat /etc/homeroom/config.yaml",
      );
      const clash = await shell(machine, "homeroom env add homeroom-gnomon 'homeroom-sundial>=2'", [1]);
      expect(clash).toContain("These packages cannot be installed together.");
      expect(clash).toContain("homeroom_gnomon 1.5 would require");
      expect(await shell(machine, "homeroom env add homeroom-nowhere", [1])).toContain("homeroom-nowhere");
      expect(await shell(machine, "readlink /opt/homeroom/environment; cat /etc/homeroom/config.yaml")).toBe(
        before,
      );
    },
  );

  test(
    "what the teacher installs by conda and by pip in a terminal everybody has; a student cannot",
    building,
    async () => {
      await anew(teacher, admin);
      const said = await typeIntoTerminal(teacher, admin, "umask 077; conda install -y homeroom_gnomon");
      expect(said).toContain("+ homeroom_gnomon 1.5");
      await typeIntoTerminal(teacher, admin, "echo $ALMANAC_HOME; test -f $ALMANAC_HOME/days");
      await typeIntoTerminal(teacher, admin, "pip install cowsay==6.1");
      await expect
        .poll(() => newest(), { timeout: 90_000, interval: 2000 })
        .toMatchObject({ who: [admin], what: null });
      await anew(alice, "alice");
      expect(
        await alice.run(
          "alice",
          "import homeroom_gnomon, cowsay; homeroom_gnomon.version, cowsay.__version__",
        ),
      ).toBe("('1.5', '6.1')");
      await expect(typeIntoTerminal(alice, "alice", "conda install -y homeroom_gnomon")).rejects.toThrow(
        "Only admins change the class's environment",
      );
      const { stdout } = await machine.exec(["homeroom", "env", "diff", "--json"], { okCodes: [2] });
      expect(JSON.parse(stdout)).toEqual({
        undeclared: [
          { name: "cowsay", version: "6.1" },
          { name: "homeroom_gnomon", version: "1.5" },
        ],
        local: [],
        missing: [],
        damaged: [],
        files: [],
      });
      expect(await shell(machine, `find /opt/homeroom/environments/ -perm /o+w ! -type l | head -3`)).toBe(
        "",
      );
    },
  );

  test("export writes what conda builds the same from", async () => {
    const yaml = await shell(machine, "homeroom env export --format environment.yml 2>/dev/null");
    expect(yaml).toContain(`channels:\n  - ${channel}\n`);
    expect(yaml).toMatch(/^ {2}- homeroom_gnomon=1\.5$[^]*^ {2}- pip:\n {6}- cowsay==6\.1$/m);
    const list = await shell(machine, "homeroom env export --format explicit 2>/dev/null");
    expect(list).toMatch(/^@EXPLICIT\n/);
    expect(list).toMatch(/\/noarch\/homeroom_gnomon-1\.5-pyh_0\.conda#sha256:[0-9a-f]{64}\n/);
  });

  test(
    "what breaks it is repaired; meanwhile servers start from the rescue environment",
    building,
    async () => {
      await shell(machine, "rm -rf /opt/homeroom/environment/lib/python3*/site-packages/jupyter_server");
      await anew(alice, "alice");
      expect(await shell(machine, "journalctl -u 'homeroom-user@alice' --no-pager | tail -40")).toContain(
        "the shared environment cannot start a server",
      );
      expect(await shell(machine, "homeroom env repair")).toContain("Rebuilding the environment of");
      await anew(alice, "alice");
      expect(await alice.run("alice", prefix)).toBe("True");
      expect(await shell(machine, `${python} -c 'import homeroom_gnomon, cowsay'`)).toBe("");
    },
  );

  test("restore needs no channel where the cache has it all", building, async () => {
    await shell(machine, "homeroom env remove homeroom-gnomon cowsay");
    expect(await shell(machine, `${python} -c 'import homeroom_gnomon'`, [1])).toContain(
      "ModuleNotFoundError",
    );
    await shell(machine, "systemctl stop test-channel");
    expect(await shell(machine, "homeroom env add homeroom-gnomon", [1])).toContain(
      "cannot reach the channel",
    );
    const said = await shell(machine, "homeroom env restore");
    expect(said).toContain("no network is used");
    expect(await shell(machine, `${python} -c 'import homeroom_gnomon, cowsay'`)).toBe("");
  });

  test("switch back names what has no counterpart", building, async () => {
    await serveChannel(machine, { again: true });
    await shell(machine, "homeroom env remove homeroom-gnomon homeroom-sundial");
    const said = await shell(machine, "homeroom env switch venv");
    expect(said).toMatch(/no counterpart of these, so they go: homeroom-almanac/);
    expect(
      await shell(machine, `${python} -c 'import cowsay, sys; print(cowsay.__version__, sys.prefix)'`),
    ).toMatch(/^6\.1 /);
    expect(await shell(machine, "ls -d /opt/homeroom/environment/conda-meta", [2])).toContain("No such file");
    expect(
      await shell(machine, "homeroom config get environment.manager environment.packages"),
    ).not.toContain("almanac");
    await shell(machine, "homeroom env restore");
    expect(await shell(machine, "homeroom config get environment.manager")).toBe("conda\n");
    expect(await shell(machine, "/opt/homeroom/environment/bin/almanac")).toContain("almanac of");
  });
});
