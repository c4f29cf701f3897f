import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient } from "../hub-client.ts";
import {
  admin,
  adminPassword,
  bootstrap,
  bootstrapAtTerminal,
  hubAnswers,
  invocations,
  serveRelease,
  shell,
  writtenFiles,
} from "../installed-machine.ts";
import { testImages, testMachine } from "../machine.ts";
import type { Registry } from "../registry/registry.ts";

let registry: Registry;
beforeAll(async () => {
  registry = await serveRelease();
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

const students = { alice: "password-of-alice", bob: "password-of-bob" };

describe.each(testImages)("a hub on %s", (image) => {
  let machine: Machine;
  let said: string;
  beforeAll(async () => {
    machine = await testMachine("install", { image });
    said = await bootstrapAtTerminal(machine, registry, [
      { after: "User name of the teacher", type: `${admin}\n` },
      { after: "Python packages for everybody", type: "numpy>=2\n" },
      { after: `Password for ${admin}`, type: `${adminPassword}\n` },
    ]);
  });
  afterAll(async () => {
    await machine.down();
  });

  /** Somebody with a browser who has logged in. */
  async function loggedIn(name: string, password: string): Promise<HubClient> {
    const client = new HubClient(`${machine.url}/`);
    await client.login(name, password);
    expect(await client.isLoggedIn()).toBe(true);
    return client;
  }

  test("the installer ends with the address, and the admin logs in and computes", async () => {
    expect(said).toContain(`The hub is at  ${machine.url}/`);
    expect(said).not.toContain(adminPassword);
    const client = await loggedIn(admin, adminPassword);
    await client.startServer(admin);
    expect(await client.run(admin, "import numpy; int(numpy.float64(5) * 4)")).toBe("20");
    expect(await client.run(admin, "import subprocess; print(subprocess.getoutput('sudo -n id -un'))")).toBe(
      "root",
    );
  });

  test("students who were added compute, without sudo and without a way into the environment", async () => {
    expect(await shell(machine, "homeroom config add users.allowed alice bob")).toContain("Applied");
    const client = await loggedIn("alice", students.alice);
    await client.startServer("alice");
    expect(await client.run("alice", "5*4")).toBe("20");
    const attempts = [
      "sudo -n true",
      "touch /opt/homeroom/environment/x",
      "touch /opt/homeroom/environment/lib/x",
      "ls /home/jupyter-teacher",
      "ls /run/homeroom/users",
      "ls /run/homeroom/users/teacher",
      "cat /var/lib/homeroom/compiled/roster.json",
      "curl -sS --unix-socket /run/homeroom/users/teacher/socket http://x/",
      "curl -sS --unix-socket /run/homeroom/credentials.sock http://x/",
      "curl -sS --unix-socket /run/homeroom/proxy-api.sock http://x/",
      "systemctl start homeroom-user@bob.service",
    ];
    const code = `import subprocess\nprint([subprocess.run(c, shell=True, capture_output=True).returncode != 0 for c in ${JSON.stringify(attempts)}])`;
    expect(await client.run("alice", code)).toBe(`[${attempts.map(() => "True").join(", ")}]`);
    const other = await client.get(`user/${admin}/api/status`);
    expect(other.status).toBe(403);
  });

  test("what an admin installs every student has", async () => {
    const teacher = await loggedIn(admin, adminPassword);
    await teacher.startServer(admin);
    const made = `
import os, subprocess, tempfile, textwrap
folder = tempfile.mkdtemp()
os.makedirs(folder + "/homework")
open(folder + "/homework/__init__.py", "w").write("answer = 42\\n")
site = subprocess.getoutput("python -c 'import sysconfig; print(sysconfig.get_path(\\"purelib\\"))'")
subprocess.run(["python", "-c", "import zipfile,sys; z=zipfile.ZipFile('%s/homework-1-py3-none-any.whl','w'); z.write('%s/homework/__init__.py','homework/__init__.py'); z.writestr('homework-1.dist-info/METADATA','Metadata-Version: 2.1\\\\nName: homework\\\\nVersion: 1\\\\n'); z.writestr('homework-1.dist-info/WHEEL','Wheel-Version: 1.0\\\\nRoot-Is-Purelib: true\\\\nTag: py3-none-any\\\\n'); z.writestr('homework-1.dist-info/RECORD','homework/__init__.py,,\\\\nhomework-1.dist-info/METADATA,,\\\\nhomework-1.dist-info/WHEEL,,\\\\nhomework-1.dist-info/RECORD,,\\\\n'); z.close()" % (folder, folder)], check=True)
done = subprocess.run(["pip", "install", "--no-index", folder + "/homework-1-py3-none-any.whl"], capture_output=True, text=True)
print(done.returncode, done.stderr[-300:])`;
    expect(await teacher.run(admin, made)).toMatch(/^0/);
    const alice = await loggedIn("alice", students.alice);
    await alice.startServer("alice");
    expect(await alice.run("alice", "import homework; homework.answer")).toBe("42");
  });

  test("wrong passwords, unknown names and strangers at the admin's name stay out", async () => {
    const stayedOut: boolean[] = [];
    for (const [name, password] of [
      [admin, "guessed-guessed"],
      ["alice", "guessed-guessed"],
      ["nobody-we-know", "guessed-guessed"],
      ["Teacher", "guessed-guessed"],
      ["root", "guessed-guessed"],
      ["../teacher", "guessed-guessed"],
      ["-rf", "guessed-guessed"],
      ["a".repeat(300), "guessed-guessed"],
    ] as const) {
      const client = new HubClient(`${machine.url}/`);
      await client.login(name, password);
      stayedOut.push(!(await client.isLoggedIn()));
    }
    expect(stayedOut).toEqual(Array.from({ length: 8 }, () => true));
  });

  test("only the front door listens, and nothing of it as root", async () => {
    const listening = await shell(
      machine,
      "cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == \"0A\" {print $2}'",
    );
    expect(
      listening
        .trim()
        .split("\n")
        .map((line) => Number.parseInt(line.split(":")[1] ?? "", 16)),
    ).toEqual([80]);
    for (const unit of ["homeroom-hub", "homeroom-proxy@a", "homeroom-culler"]) {
      const status = await shell(machine, `cat /proc/$(systemctl show -P MainPID ${unit})/status`);
      expect(status).toMatch(/^CapEff:\s0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\s1$/m);
      expect(status).not.toMatch(/^Uid:\s0\s/m);
    }
  });

  test("a second run changes nothing, writes nothing and restarts nothing", async () => {
    const before = [await writtenFiles(machine), await invocations(machine)];
    const { stderr } = await bootstrap(machine, registry);
    expect(stderr).toContain("Nothing to do");
    expect(await shell(machine, "homeroom apply")).toContain("Nothing to do");
    expect([await writtenFiles(machine), await invocations(machine)]).toEqual(before);
  });

  test("a limit reaches a running server and restarts nothing", async () => {
    const before = await invocations(machine);
    await shell(machine, "homeroom config set limits.memory=768M limits.cpu=1.5");
    const slice = "homeroom-users-alice.slice";
    expect(await shell(machine, `systemctl show -P MemoryMax ${slice}`)).toBe(`${768 * 1024 ** 2}\n`);
    expect(await shell(machine, `systemctl show -P CPUQuotaPerSecUSec ${slice}`)).toBe("1.500000s\n");
    expect(await invocations(machine)).toBe(before);
  });

  test("a restart of the hub fails no request and breaks no computation", async () => {
    const client = await loggedIn("alice", students.alice);
    await client.startServer("alice");
    await using kernel = await client.kernel("alice");
    const result = kernel.run("import time; time.sleep(4); 'still ' + 'here'");
    const statuses: number[] = [];
    const asking = new AbortController();
    const stream = (async () => {
      while (!asking.signal.aborted) {
        statuses.push((await fetch(`${machine.url}/hub/login`)).status);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    await shell(machine, "systemctl restart homeroom-hub");
    await shell(machine, "systemctl restart homeroom-hub");
    expect(await result).toBe("'still here'");
    asking.abort();
    await stream;
    expect(statuses.length).toBeGreaterThan(50);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });

  test("a hub below another address, and back", async () => {
    expect(await shell(machine, "homeroom config set base_url=/class/ --yes")).toContain("Applied");
    const client = new HubClient(`${machine.url}/class/`);
    await client.login("alice", students.alice);
    expect(await client.isLoggedIn()).toBe(true);
    expect(await shell(machine, "homeroom config rollback --yes")).toContain("Applied");
    await loggedIn("alice", students.alice);
  });

  test("a config that is only tried goes back by itself", async () => {
    await shell(
      machine,
      "homeroom config set --no-apply limits.memory=640M && homeroom config try --for 10s",
    );
    expect(await shell(machine, "homeroom config get limits.memory")).toBe("640M\n");
    await expect
      .poll(() => shell(machine, "homeroom config get limits.memory"), { timeout: 60_000, interval: 1000 })
      .toBe("768M\n");
    await expect
      .poll(() => shell(machine, "homeroom tasks | tail -n 1"), { timeout: 60_000, interval: 500 })
      .toMatch(/completed +config revert/);
  });

  test("who is taken off a list loses what came with it", async () => {
    await shell(machine, "homeroom config add users.admin bob");
    expect(await shell(machine, "id -Gn jupyter-bob")).toContain("homeroom-admins");
    await shell(machine, "homeroom config remove users.admin bob && homeroom config add users.banned alice");
    expect(await shell(machine, "id -Gn jupyter-bob")).not.toContain("homeroom-admins");
    expect(await shell(machine, "ls /etc/systemd/system | grep 'homeroom-user@bob' | wc -l")).toBe("0\n");
    const client = new HubClient(`${machine.url}/`);
    await client.login("alice", students.alice);
    expect(await client.isLoggedIn()).toBe(false);
    await shell(machine, "homeroom config remove users.banned alice");
  });

  test("what was changed by hand is kept until somebody says otherwise", async () => {
    await shell(machine, "echo '# by hand' >> /etc/systemd/system/homeroom-hub.service");
    expect(await shell(machine, "homeroom plan", [2])).toContain("homeroom-hub.service was changed by hand");
    await shell(machine, "homeroom apply --keep");
    expect(await shell(machine, "tail -n 1 /etc/systemd/system/homeroom-hub.service")).toBe("# by hand\n");
    await shell(
      machine,
      "homeroom apply --take && rm /etc/systemd/system/homeroom-hub.socket && homeroom apply",
    );
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });

  test("mistakes have their exit codes and messages, and change nothing", async () => {
    await shell(
      machine,
      "cp /etc/homeroom/config.yaml /root/good.yaml && echo 'limts: {}' >> /etc/homeroom/config.yaml",
    );
    const refused = await shell(machine, "homeroom apply", [78]);
    expect(refused).toMatch(/config\.yaml:\d+:1: error: .*limts/);
    expect(refused).toContain("limits");
    await shell(machine, "cp /root/good.yaml /etc/homeroom/config.yaml");
    expect(await shell(machine, "homeroom aply", [64])).toContain("Did you mean apply?");
    expect(await shell(machine, "setpriv --reuid=nobody --clear-groups homeroom apply", [77])).toContain(
      "sudo homeroom apply",
    );
    expect(await shell(machine, "homeroom status")).toContain("healthy");
  });

  test("an installer that is killed leaves a task that the next command takes back and says so", async () => {
    await shell(machine, "cp /etc/homeroom/config.yaml /root/good.yaml");
    await shell(machine, "homeroom config set --no-apply base_url=/killed/");
    const count = "ls /var/lib/homeroom/journal | wc -l";
    await shell(
      machine,
      `n=$(${count}); homeroom apply & p=$!; while [ "$(${count})" = "$n" ]; do :; done; sleep 0.2; kill -9 $p; wait; true`,
    );
    const again = await shell(machine, "cp /root/good.yaml /etc/homeroom/config.yaml; homeroom apply");
    expect(again).toContain("was interrupted; what it had begun was taken back");
    expect(await shell(machine, "homeroom tasks")).not.toMatch(/ running /);
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
    await loggedIn("bob", students.bob);
  });

  test("a port that another program holds is named before anything is touched", async () => {
    await shell(machine, "systemd-run --quiet --unit=other python3 -m http.server 8099; sleep 1");
    // The config itself is the person's own change; nothing else may follow from it.
    const others = async () =>
      (await writtenFiles(machine)).split("\n").filter((line) => !line.startsWith("/etc/homeroom"));
    const before = await others();
    const refused = await shell(machine, "homeroom config set http.port=8099 --yes", [78]);
    expect(refused).toContain("8099");
    expect(await others()).toEqual(before);
    await shell(machine, "homeroom config set --no-apply http.port=80; systemctl stop other");
    expect(await shell(machine, "homeroom status")).toContain("healthy");
  });

  test("after a reboot everything comes back by itself", async () => {
    await machine.reboot();
    await hubAnswers(machine);
    const client = await loggedIn("bob", students.bob);
    await client.startServer("bob");
    expect(await client.run("bob", "5*4")).toBe("20");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });
});
