import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient } from "../hub-client.ts";
import { admin, installedMachine, shell } from "../installed-machine.ts";
import { atWork, letIn } from "../log-in.ts";
import { testImages } from "../machine.ts";

describe.each(testImages)("a class on %s", (image) => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "class" });
    await letIn(machine, "alice", "bob");
  });
  afterAll(async () => {
    await machine?.down();
  });

  test("students compute; what an admin installs they have", async () => {
    const alice = await atWork(machine, "alice");
    expect(await alice.run("alice", "5*4")).toBe("20");
    expect(await alice.run("alice", "import homework")).toContain("ModuleNotFoundError");
    const teacher = await atWork(machine, admin);
    expect(await teacher.run(admin, installHomework)).toMatch(/^0/);
    expect(await alice.run("alice", "import homework; homework.answer")).toBe("42");
  });

  test("wrong passwords, unknown names and strangers at the admin's name stay out", async () => {
    await atWork(machine, "bob");
    const strangers = [
      admin,
      "alice",
      "nobody-we-know",
      "Teacher",
      "root",
      "../teacher",
      "-rf",
      "a".repeat(300),
    ];
    const inside: string[] = [];
    for (const name of strangers) {
      const client = new HubClient(`${machine.url}/`);
      await client.login(name, "guessed-guessed");
      if (await client.isLoggedIn()) inside.push(name);
    }
    expect(inside).toEqual([]);
  });

  test("only the front door listens, and nothing of it as root", async () => {
    const table = await shell(machine, "cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == \"0A\" {print $2}'");
    const ports = table
      .trim()
      .split("\n")
      .map((line) => Number.parseInt(line.split(":")[1] ?? "", 16));
    expect(ports.filter((port) => port < 1024)).toEqual([80]);
    // A notebook's kernel listens on this machine for itself, guarded, and only while it is there.
    const owners = await shell(
      machine,
      "ss -Hltnp | grep -v ':80 ' | grep -o 'users:((\"[^\"]*' | sort -u",
      [0, 1],
    );
    expect(owners).toMatch(/^(users:\(\("python3?\n)?$/);
    for (const unit of ["homeroom-hub", "homeroom-proxy@a", "homeroom-culler"]) {
      const status = await shell(machine, `cat /proc/$(systemctl show -P MainPID ${unit})/status`);
      expect(status).toMatch(/^CapEff:\s0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\s1$/m);
      expect(status).not.toMatch(/^Uid:\s0\s/m);
    }
  });

  test("who is made an admin gets the rights, and loses them with the name on the list", async () => {
    const rights = "id -Gn jupyter-bob; ls /etc/systemd/system | grep '^homeroom-user@bob'";
    expect(await shell(machine, rights, [1])).toBe("jupyter-bob\n");
    await shell(machine, "homeroom config add users.admin bob");
    expect(await shell(machine, rights)).toBe("jupyter-bob homeroom-admins\nhomeroom-user@bob.service.d\n");
    const sudo = "import subprocess; print(subprocess.getstatusoutput('sudo -n id -un'))";
    const stop = "systemctl stop homeroom-user@bob";
    await shell(machine, stop);
    expect(await (await atWork(machine, "bob")).run("bob", sudo)).toBe("(0, 'root')");

    await shell(machine, `homeroom config remove users.admin bob && ${stop}`);
    expect(await shell(machine, rights, [1])).toBe("jupyter-bob\n");
    expect(await (await atWork(machine, "bob")).run("bob", sudo)).toMatch(/^\(1, /);
  });

  test("who is banned loses the session, the running server and the login, and gets them back", async () => {
    const alice = await atWork(machine, "alice");
    await shell(machine, "homeroom config add users.banned alice");
    await expect.poll(() => alice.isLoggedIn(), { timeout: 20_000 }).toBe(false);
    await expect
      .poll(() => shell(machine, "systemctl is-active homeroom-user@alice", [0, 3]), { timeout: 20_000 })
      .toBe("inactive\n");
    await expect(atWork(machine, "alice")).rejects.toThrow("was not let in");
    await shell(machine, "homeroom config remove users.banned alice");
    const again = await atWork(machine, "alice");
    expect(await again.run("alice", "5*4")).toBe("20");
  });
});

/** In the teacher's notebook: makes a wheel without an index, and installs it as a teacher would. */
const installHomework = `
import subprocess, tempfile, zipfile
path = tempfile.mkdtemp() + "/homework-1-py3-none-any.whl"
with zipfile.ZipFile(path, "w") as wheel:
    wheel.writestr("homework.py", "answer = 42\\n")
    wheel.writestr("homework-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: homework\\nVersion: 1\\n")
    wheel.writestr("homework-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("homework-1.dist-info/RECORD", "homework.py,,\\n")
done = subprocess.run(["pip", "install", "--no-index", path], capture_output=True, text=True)
print(done.returncode, done.stderr[-300:])`;
