import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient, type Kernel } from "../hub-client.ts";
import { admin, installedMachine, shell } from "../installed-machine.ts";
import { atWork, logIn } from "../log-in.ts";
import { testImages } from "../machine.ts";

const manager =
  "busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager";
const login = "busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager";

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
  { what: "become root by su", line: "su --command true </dev/null", allowed: "root" },
  { what: "become bob by su", line: "su --command true jupyter-bob </dev/null", allowed: "root" },
  { what: "become root by pkexec", line: "pkexec --disable-internal-agent true || exit 1", allowed: "root" },
  {
    what: "start a unit over D-Bus",
    line: `${manager} StartUnit ss homeroom-core.slice replace`,
    allowed: "root",
  },
  {
    what: "change bob's server over D-Bus",
    line: `${manager} SetUnitProperties 'sba(sv)' homeroom-user@bob.service true 1 CPUWeight t 100`,
    allowed: "root",
  },
  {
    what: "ask systemd for bob's command lines",
    line: `${manager} GetUnitProcesses s homeroom-user@bob.service | grep -q secret-of-bob`,
    allowed: "teacher",
  },
  {
    what: "ask bob's unit for them",
    line: "busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1/unit/homeroom_2duser_40bob_2eservice org.freedesktop.systemd1.Service GetProcesses | grep -q secret-of-bob",
    allowed: "root",
  },
  {
    what: "have a systemd of one's own, beside all limits",
    line: `${login} SetUserLinger ubb $(id -u) true false`,
    allowed: "teacher",
  },
  { what: "shut the machine down", line: `${login} CanPowerOff | grep -q yes`, allowed: "root" },
  {
    what: "write to everybody's terminals",
    line: `${login} SetWallMessage sb hello-$$ false`,
    allowed: "root",
  },
  {
    what: "give the machine another name",
    line: "busctl call org.freedesktop.hostname1 /org/freedesktop/hostname1 org.freedesktop.hostname1 SetPrettyHostname sb mine-$$ false",
    allowed: "root",
  },
  { what: "use bob's session bus", line: "busctl --address=unix:abstract=/bus-of-bob list", allowed: "bob" },
  {
    what: "read what bob's server was given",
    line: "cat /run/credentials/homeroom-user@bob.service/environment",
    allowed: "root",
  },
  { what: "make a control group", line: "mkdir CGROUP/of-alice && rmdir CGROUP/of-alice", allowed: "root" },
  {
    what: "put something beside the homes",
    line: "touch /home/jupyter-of-alice && rm /home/jupyter-of-alice",
    allowed: "root",
  },
  {
    what: "put something beside the hub's sockets",
    line: "touch /run/homeroom/x && rm /run/homeroom/x",
    allowed: "root",
  },
  { what: "write a unit", line: "touch /run/systemd/system/x.service", allowed: "root" },
  { what: "change Homeroom", line: "touch /opt/homeroom/current/templates/hub/x", allowed: "root" },
  { what: "change the hub's Python", line: "touch $(ls -d /opt/homeroom/hub/*/bin)/x", allowed: "root" },
  { what: "read everybody's password hashes", line: "cat /etc/shadow", allowed: "root" },
  { what: "list who was removed", line: "ls /var/lib/homeroom/tombstones", allowed: "root" },
  {
    what: "read the proxy's environment",
    line: "cat /proc/$(systemctl show -P MainPID homeroom-proxy@a)/environ",
    allowed: "root",
  },
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
    await shell(machine, "apt-get install -y -qq pkexec");
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
listening.listen(5)
subprocess.run(["dbus-daemon", "--session", "--fork", "--address=unix:abstract=/bus-of-bob"], check=True)`);
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

  test("no setuid or setgid program of the machine gives alice the rights that it has", async () => {
    // Asked for help alone, so that none of them does anything.
    const programs = (await shell(machine, "find / -xdev -type f -perm /6000")).trim().split("\n");
    expect(programs).toEqual(
      expect.arrayContaining(["/usr/bin/su", "/usr/bin/sudo", "/usr/bin/passwd", "/usr/bin/pkexec"]),
    );
    const started = async (who: string) => {
      const said = await kernels[who]?.run(`import json, re, subprocess
def start(program):
    try:
        said = subprocess.run([program, "--help"], env={"LD_SHOW_AUXV": "1"}, stdin=subprocess.DEVNULL, capture_output=True, timeout=10).stdout
    except PermissionError:
        return "refused"
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    # The dynamic linker says nothing of a process that has gained something by its start (ld.so(8)).
    return "as its owner" if re.search(rb"^AT_SECURE: *0$", said, re.M) else "with rights"
print(json.dumps({program: start(program) for program in ${JSON.stringify(programs)}}))`);
      return Object.entries(JSON.parse(said ?? "{}") as Record<string, string>);
    };
    const withRights = (all: [string, string][]) => all.filter(([, how]) => how === "with rights");
    const byAlice = await started("alice");
    expect(byAlice).toHaveLength(programs.length);
    expect(withRights(byAlice)).toEqual([]);
    const byTeacher = await started(admin);
    const others = byTeacher.filter(([, how]) => how !== "refused");
    expect(withRights(byTeacher)).toEqual(others);
    expect(others.map(([program]) => program)).toEqual(
      expect.arrayContaining(["/usr/bin/sudo", "/usr/local/bin/id-as-root"]),
    );
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

  test("alice's session asks the hub nothing that is an admin's", async () => {
    const ask = (name: string) =>
      Promise.all(
        ["hub/api/users", "hub/api/proxy", "hub/api/services", "hub/admin"].map(
          async (path) => (await clients[name]?.get(path))?.status,
        ),
      );
    expect(await ask(admin)).toEqual([200, 200, 200, 200]);
    expect(await ask("alice")).toEqual([403, 403, 403, 403]);
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

  test("root is led nowhere by links that come and go while it deletes", async () => {
    const kept = "/srv/not-of-carol";
    await shell(machine, "homeroom users add carol");
    const carol = await atWork(machine, "carol");
    const places = ["/home/jupyter-carol/work", "/run/homeroom/users/carol/work", "/srv/of-carol/work"];
    await shell(
      machine,
      `install -d ${kept} && cd ${kept} && touch $(seq 50) && install -d -o jupyter-carol /srv/of-carol`,
    );
    await machine.copyIn(join(import.meta.dirname, "../swap-links.py"), "/srv/swap-links.py");
    // Out of her server, so that nothing ends it: whoever has a shell by other ways.
    const swap = `systemd-run --quiet --unit=swap-links --uid=jupyter-carol python3 /srv/swap-links.py ${kept} ${places.join(" ")}`;
    const whole = () => shell(machine, `ls ${kept} | wc -l`);
    await shell(machine, swap);
    // What deletes by paths that it has listed is led astray: so this would be noticed.
    await shell(
      machine,
      `for i in $(seq 3000); do
         find /srv/of-carol -type f | xargs -r rm -f
         if [ $(ls ${kept} | wc -l) -lt 50 ]; then break; fi
       done`,
    );
    expect(Number(await whole())).toBeLessThan(50);
    await shell(machine, `cd ${kept} && touch $(seq 50)`);

    for (let times = 0; times < 5; times += 1) {
      await shell(machine, "systemctl stop homeroom-user@carol");
      await carol.startServer("carol");
    }
    await shell(machine, "homeroom users remove carol --yes");
    for (let times = 0; times < 5; times += 1) {
      await shell(machine, "homeroom users forget carol --yes", [0, 1, 64]);
    }
    await shell(machine, "systemctl stop swap-links; homeroom users forget carol --yes || true");
    expect(await whole()).toBe("50\n");
    expect(await shell(machine, "ls -d /home/*carol* 2>&1; true")).not.toMatch(/^\//m);
  });

  test("a link in what new homes begin with brings a link, not what it leads to", async () => {
    const fill = "install -d /srv/skel && ln -s /etc/shadow /srv/skel/shadow && ln -s /root /srv/skel/folder";
    await shell(
      machine,
      `${fill} && homeroom config set classroom.skel=/srv/skel && homeroom users add dave`,
    );
    await atWork(machine, "dave");
    const read = "cd /home/jupyter-dave && stat -c '%F %U' shadow folder";
    expect(await shell(machine, read)).toBe("symbolic link jupyter-dave\nsymbolic link jupyter-dave\n");
  });

  test("with subdomains each server has an address of its own, and nothing of alice's opens bob's", async () => {
    for (const kernel of Object.values(kernels)) await kernel[Symbol.asyncDispose]();
    for (const name of Object.keys(kernels)) delete kernels[name];
    await shell(
      machine,
      "homeroom config set subdomain_host=hub.class.test && systemctl stop 'homeroom-user@*'",
    );
    const { hostname: at } = new URL(machine.url);
    const hub = "http://hub.class.test/";
    const home = (name: string) => `http://${name}.hub.class.test/`;
    const [alice, bob] = await Promise.all(
      ["alice", "bob"].map(async (name) => {
        const client = await logIn(machine, name, "/", new HubClient(hub, at));
        await client.startServer(name);
        return client;
      }),
    );
    if (alice === undefined || bob === undefined) throw new Error("nobody is there");
    expect((await alice.get("user/alice/lab")).url.href).toMatch(
      /^http:\/\/alice\.hub\.class\.test\/user\/alice\/lab/,
    );
    await using kernel = await alice.kernel("alice", home("alice"));
    expect(await kernel.run("6 * 7")).toBe("42");

    const paths = ["user/bob/api/status", "user/bob/lab", "user/bob/files/open/notes.txt"];
    const statuses = (client: HubClient) =>
      Promise.all(paths.map(async (path) => (await client.get(home("bob") + path)).status));
    expect(await statuses(bob)).toEqual([200, 200, 200]);
    expect(await statuses(alice)).toEqual([403, 403, 403]);
    // Not at her own address either: a page of hers may ask whatever that one answers.
    expect((await alice.get(`${home("alice")}user/bob/api/status`)).status).not.toBe(200);

    const sent = (client: HubClient, name: string) => client.cookies(new URL(`${home(name)}user/${name}/`));
    expect(sent(bob, "bob")).toContain("jupyterhub-user-bob=");
    expect(sent(alice, "bob")).not.toMatch(/jupyterhub-user-\w+=|jupyterhub-hub-login=/);
    const withCookies = async (cookie: string) =>
      (await new HubClient(hub, at).request(`${home("bob")}user/bob/api/status`, { headers: { cookie } }))
        .status;
    expect(await withCookies(sent(bob, "bob"))).toBe(200);
    const stolen = sent(alice, "alice");
    expect(await withCookies(stolen)).toBe(403);
    expect(await withCookies(stolen.replaceAll("jupyterhub-user-alice", "jupyterhub-user-bob"))).toBe(403);
  });
});
