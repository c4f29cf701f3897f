import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient, type Kernel } from "../hub-client.ts";
import { admin, installedMachine, shell } from "../installed-machine.ts";
import { atWork } from "../log-in.ts";
import { testImages } from "../machine.ts";
import { typeIntoTerminal } from "../type-into-terminal.ts";

/**
 * What alice tries, as a command line. `allowed` may do the very same: a line that fails for everybody would prove
 * nothing. BOB_PID is the process of bob's server, CGROUP its control group, PYTHON an interpreter.
 */
const attempts: readonly { what: string; line: string; allowed: "bob" | "teacher" | "root" }[] = [
  { what: "list bob's home", line: "ls /home/jupyter-bob", allowed: "bob" },
  { what: "read bob's open file", line: "cat /home/jupyter-bob/open/notes.txt", allowed: "bob" },
  { what: "write into bob's open folder", line: "touch /home/jupyter-bob/open/x", allowed: "bob" },
  { what: "list bob's socket", line: "ls /run/homeroom/users/bob", allowed: "bob" },
  {
    what: "call bob's server by its socket",
    line: "curl -sS --max-time 5 --unix-socket /run/homeroom/users/bob/socket http://x/",
    allowed: "bob",
  },
  { what: "list bob's kernels", line: "ls /run/homeroom-servers/bob", allowed: "bob" },
  {
    what: "read how bob's kernel is reached",
    line: "cat /run/homeroom-servers/bob/kernel-*.json",
    allowed: "bob",
  },
  {
    what: "connect to bob's kernel",
    line: `PYTHON -c "import glob, json, socket; at = json.load(open(glob.glob('/run/homeroom-servers/bob/kernel-*.json')[0])); socket.socket(socket.AF_UNIX).connect('%s-%s' % (at['ip'], at['shell_port']))"`,
    allowed: "bob",
  },
  { what: "see bob's processes", line: "ls /proc/BOB_PID/cmdline", allowed: "bob" },
  { what: "read the environment of bob's server", line: "cat /proc/BOB_PID/environ", allowed: "bob" },
  { what: "send a signal to bob's server", line: "kill -0 BOB_PID", allowed: "bob" },
  { what: "look into bob's server", line: "ls /proc/BOB_PID/root/tmp", allowed: "bob" },
  { what: "read what bob left in /tmp", line: "cat /tmp/of-bob", allowed: "bob" },
  { what: "read bob's shared memory", line: "cat /dev/shm/of-bob", allowed: "bob" },
  { what: "use sudo", line: "sudo -n true", allowed: "teacher" },
  {
    what: "become root by a setuid program",
    line: "/usr/local/bin/id-as-root -u | grep -qx 0",
    allowed: "teacher",
  },
  { what: "change the environment", line: "touch /opt/homeroom/environment/lib/x", allowed: "teacher" },
  { what: "list who has a server", line: "ls /run/homeroom/users", allowed: "root" },
  { what: "look at bob's terminals", line: "ls /run/homeroom/terminals/bob", allowed: "root" },
  { what: "read the roster", line: "cat /var/lib/homeroom/compiled/roster.json", allowed: "root" },
  { what: "read the config", line: "cat /etc/homeroom/config.yaml", allowed: "root" },
  { what: "read the class list", line: "cat /etc/homeroom/roster.csv", allowed: "root" },
  { what: "read what was done to the machine", line: "ls /var/lib/homeroom/journal", allowed: "root" },
  { what: "read the hub's secrets", line: "cat /var/lib/homeroom/secrets/cookie-secret", allowed: "root" },
  { what: "read the hub's database", line: "cat /var/lib/homeroom/hub/jupyterhub.sqlite", allowed: "root" },
  {
    what: "ask for somebody's credentials",
    line: "PYTHON -c \"import socket; socket.socket(socket.AF_UNIX).connect('/run/homeroom/credentials.sock')\"",
    allowed: "root",
  },
  {
    what: "read the hub's environment",
    line: "cat /proc/$(systemctl show -P MainPID homeroom-hub)/environ",
    allowed: "root",
  },
  {
    what: "read the system's journal",
    line: "journalctl --quiet --unit=homeroom-hub --lines=1 | grep -q .",
    allowed: "root",
  },
  {
    what: "see bob's command lines",
    line: "grep -qs '[s]ecret-of-bob' /proc/[0-9]*/cmdline",
    allowed: "bob",
  },
  {
    what: "attach to bob's memory segment",
    line: `PYTHON -c "import ctypes; at = ctypes.CDLL(None).shmget(4711, 0, 0); assert at >= 0 and ctypes.CDLL(None).shmat(at, 0, 4096) != -1"`,
    allowed: "bob",
  },
  {
    what: "reach a socket that bob has in /tmp",
    line: "PYTHON -c \"import socket; socket.socket(socket.AF_UNIX).connect('/tmp/socket-of-bob')\"",
    allowed: "bob",
  },
  { what: "move into bob's control group", line: "echo $$ > CGROUP/cgroup.procs", allowed: "root" },
  {
    what: "send bob's server a signal over D-Bus",
    line: "busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager KillUnit ssi homeroom-user@bob.service main 18",
    allowed: "root",
  },
  {
    what: "call the proxy's interface",
    line: "curl -sS --max-time 5 --unix-socket /run/homeroom/proxy-api.sock http://x/",
    allowed: "root",
  },
  { what: "stop somebody's server", line: "systemctl stop homeroom-user@nobody.service", allowed: "root" },
  {
    what: "change the limits of bob's server",
    line: "systemctl set-property --runtime homeroom-user@bob.service CPUWeight=100",
    allowed: "root",
  },
  { what: "start a unit", line: "systemctl start homeroom-core.slice", allowed: "root" },
  { what: "run as a service", line: "systemd-run --quiet --wait true", allowed: "root" },
];

describe.each(testImages)("students on %s", (image) => {
  let machine: Machine;
  const clients: Record<string, HubClient> = {};
  const kernels: Record<string, Kernel> = {};
  let bobPid: string;
  let bobGroup: string;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "isolation" });
    await shell(machine, "homeroom users add alice bob");
    for (const name of ["alice", "bob", admin]) {
      const client = await atWork(machine, name);
      clients[name] = client;
      kernels[name] = await client.kernel(name);
    }
    bobPid = (await shell(machine, "systemctl show -P MainPID homeroom-user@bob")).trim();
    bobGroup = (
      await shell(
        machine,
        `for root in /sys/fs/cgroup /sys/fs/cgroup/systemd; do ls -d $root$(systemctl show -P ControlGroup homeroom-user@bob); done 2>/dev/null; true`,
      )
    ).trim();
    if (!/^\/sys\/fs\/cgroup\/.*homeroom-user@bob\.service$/.test(bobGroup)) throw new Error(bobGroup);
    await shell(machine, "cp /usr/bin/id /usr/local/bin/id-as-root && chmod 4755 /usr/local/bin/id-as-root");
    const left = [
      "mkdir -p ~/open",
      "echo notes > ~/open/notes.txt",
      "chmod -R a+rwX ~/open",
      "echo of-bob > /tmp/of-bob",
      "umask 077; echo of-bob > /dev/shm/of-bob",
    ];
    await ran("bob", left.join(" && "));
    await kernels["bob"]?.run(`import ctypes, socket, subprocess
subprocess.Popen(["bash", "-c", "exec -a secret-of-bob sleep 1000"])
ctypes.CDLL(None).shmget(4711, 4096, 0o1600)
listening = socket.socket(socket.AF_UNIX)
listening.bind("/tmp/socket-of-bob")
listening.listen(5)`);
  });
  afterAll(async () => {
    for (const kernel of Object.values(kernels)) await kernel[Symbol.asyncDispose]();
    await machine?.down();
  });

  /** The exit code of a command line in somebody's notebook, or as root on the machine. */
  async function ran(who: string, line: string): Promise<number> {
    const filled = line
      .replaceAll("BOB_PID", bobPid)
      .replaceAll("CGROUP", bobGroup)
      .replaceAll("PYTHON", "/opt/homeroom/environment/bin/python");
    if (who === "root") {
      const codes = Array.from({ length: 256 }, (_, code) => code);
      return (await machine.exec(["bash", "-c", filled], { okCodes: codes, timeoutMs: 30_000 })).exitCode;
    }
    const code = `import subprocess; print(subprocess.run(${JSON.stringify(filled)}, shell=True, capture_output=True, timeout=30).returncode)`;
    return Number(await kernels[who]?.run(code));
  }

  test.each(attempts)("alice cannot $what, and $allowed can", async ({ line, allowed }) => {
    expect(await ran(allowed, line)).toBe(0);
    expect(await ran("alice", line)).not.toBe(0);
  });

  test("alice's session opens bob's server to nobody but bob", async () => {
    const statuses = async (name: string) => {
      const paths = [
        "user/bob/api/status",
        "user/bob/lab",
        "user/bob/files/open/notes.txt",
        "hub/api/users/bob",
      ];
      return Promise.all(paths.map(async (path) => (await clients[name]?.get(path))?.status));
    };
    expect(await statuses("bob")).toEqual([200, 200, 200, 200]);
    expect(await statuses("alice")).toEqual([403, 403, 403, 404]);
  });

  test("alice's session starts no kernel of bob's, and ends none", async () => {
    const start = (name: string) =>
      clients[name]?.api("user/bob/api/kernels", {
        method: "POST",
        body: JSON.stringify({ name: "python3" }),
      });
    const made = await start("bob");
    expect(made?.status).toBe(201);
    const { id } = JSON.parse(made?.body ?? "") as { id: string };
    const end = (name: string) => clients[name]?.api(`user/bob/api/kernels/${id}`, { method: "DELETE" });
    expect((await start("alice"))?.status).toBe(403);
    expect((await end("alice"))?.status).toBe(403);
    expect((await end("bob"))?.status).toBe(204);
  });

  test("the token in alice's server speaks for alice only", async () => {
    const ask = (who: string, name: string) =>
      kernels[who]?.run(`import os, subprocess
token = os.environ["JUPYTERHUB_API_TOKEN"]
print(subprocess.getoutput(f"curl -s -o /dev/null -w '%{{http_code}}' --unix-socket /run/homeroom/hub.sock -H 'Authorization: token {token}' http://hub/hub/api/users/${name}"))`);
    expect(await ask("bob", "bob")).toBe("200");
    expect(await ask("alice", "alice")).toBe("200");
    expect(await ask("alice", "bob")).toMatch(/^40[34]$/);
  });

  test("a token opens its owner's server only, and no token does so in an address", async () => {
    const tokenOf = async (name: string) => {
      const made = await clients[name]?.api(`hub/api/users/${name}/tokens`, { method: "POST", body: "{}" });
      return (JSON.parse(made?.body ?? "{}") as { token: string }).token;
    };
    const [alices, bobs] = [await tokenOf("alice"), await tokenOf("bob")];
    const ask = async (query: string, headers = {}) =>
      (await new HubClient(`${machine.url}/`).request(`user/bob/api/status${query}`, { headers })).status;
    expect(await ask("", { authorization: `token ${bobs}` })).toBe(200);
    expect(await ask("", { authorization: `token ${alices}` })).toBe(403);
    expect(await ask(`?token=${bobs}`)).toBe(403);
  });

  test("who takes all terminals takes none of anybody else's", async () => {
    const taken = await kernels["alice"]?.run(`import os
ends = []
try:
    while len(ends) < 5000:
        ends.append(os.openpty())
except OSError:
    pass
len(ends)`);
    expect(taken).toBe("256");
    expect(await typeIntoTerminal(clients["bob"]!, "bob", "tty && echo typed-$((40 + 2))")).toContain(
      "typed-42",
    );
    expect(await shell(machine, "script --quiet --command 'echo rooted' /dev/null")).toContain("rooted");
    await kernels["alice"]?.run("for end in sum(ends, ()): os.close(end)");
    expect(await typeIntoTerminal(clients["alice"]!, "alice", "echo typed-$((40 + 2))")).toContain(
      "typed-42",
    );
    expect(await typeIntoTerminal(clients[admin]!, admin, "sudo -n tty")).toContain("/dev/pts/");
  });

  test("who floods the journal is cut short, and everybody else's lines stay", async () => {
    const lines = async (what: string) =>
      Number(await shell(machine, `journalctl --sync; journalctl --no-pager --output=cat ${what} | wc -l`));
    const before = await lines("--unit=homeroom-hub");
    const sent = await kernels["alice"]?.run(`import socket
line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
line.connect("/dev/log")
for number in range(20_000):
    line.send(b"<13>flood: %d" % number)
number + 1`);
    expect(sent).toBe("20000");
    const kept = await lines("--unit=homeroom-user@alice --grep='^[0-9]+$'");
    expect(kept).toBeGreaterThan(100);
    // journald takes up to some times what the unit says, by the room on the disk.
    expect(kept).toBeLessThan(5000);
    expect(await lines("--unit=homeroom-hub")).toBeGreaterThanOrEqual(before);
  });

  test("root follows no link that alice has laid", async () => {
    const targets = "/root/not-of-alice";
    await shell(machine, `install -d ${targets}/folder && echo kept > ${targets}/folder/file`);
    const before = await shell(
      machine,
      `stat -c '%n %U %a %i' ${targets}/folder ${targets}/folder/file /etc`,
    );
    const laid = [
      "rm -rf ~/.bashrc ~/.profile ~/.jupyter ~/.local ~/.config",
      `for name in .bashrc .profile; do ln -s ${targets}/folder/file ~/$name; done`,
      `for name in .jupyter .config notebooks; do ln -s ${targets}/folder ~/$name; done`,
      `ln -s ${targets}/folder /run/homeroom/users/alice/linked`,
      `ln -s ${targets}/folder /run/homeroom-servers/alice/linked`,
      `ln -s ${targets}/folder /dev/shm/linked-of-alice`,
    ];
    expect(await ran("alice", laid.join(" && "))).toBe(0);
    // Everything that root does for her: the end of a server, taking her off the list, giving her back, a new start.
    await kernels["alice"]?.[Symbol.asyncDispose]();
    delete kernels["alice"];
    await shell(machine, "systemctl stop homeroom-user@alice");
    await shell(
      machine,
      "homeroom users remove alice --yes && homeroom users restore alice && homeroom apply",
    );
    clients["alice"] = await atWork(machine, "alice");
    kernels["alice"] = await clients["alice"].kernel("alice");
    expect(await shell(machine, `stat -c '%n %U %a %i' ${targets}/folder ${targets}/folder/file /etc`)).toBe(
      before,
    );
    expect(await shell(machine, `cat ${targets}/folder/file; ls -A ${targets}/folder`)).toBe("kept\nfile\n");
    expect(await shell(machine, "readlink /home/jupyter-alice/.bashrc")).toBe(`${targets}/folder/file\n`);
  });
});
