import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import type { HubClient, Kernel } from "../hub-client.ts";
import { admin, installedMachine, shell } from "../installed-machine.ts";
import { atWork, letIn } from "../log-in.ts";
import { testImages } from "../machine.ts";

/**
 * What alice tries, as a command line. `allowed` may do the very same: a line that fails for everybody would prove
 * nothing. BOB_PID is the process of bob's server, PYTHON an interpreter.
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
  { what: "change the environment", line: "touch /opt/homeroom/environment/lib/x", allowed: "teacher" },
  { what: "list who has a server", line: "ls /run/homeroom/users", allowed: "root" },
  { what: "read the roster", line: "cat /var/lib/homeroom/compiled/roster.json", allowed: "root" },
  { what: "read the config", line: "cat /etc/homeroom/config.yaml", allowed: "root" },
  { what: "read the hub's secrets", line: "cat /var/lib/homeroom/secrets/cookie-secret", allowed: "root" },
  { what: "read the hub's database", line: "cat /var/lib/homeroom/hub/jupyterhub.sqlite", allowed: "root" },
  {
    what: "ask for somebody's credentials",
    line: "PYTHON -c \"import socket; socket.socket(socket.AF_UNIX).connect('/run/homeroom/credentials.sock')\"",
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
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "isolation" });
    await letIn(machine, "alice", "bob");
    for (const name of ["alice", "bob", admin]) {
      const client = await atWork(machine, name);
      clients[name] = client;
      kernels[name] = await client.kernel(name);
    }
    bobPid = (await shell(machine, "systemctl show -P MainPID homeroom-user@bob")).trim();
    const left = [
      "mkdir -p ~/open",
      "echo notes > ~/open/notes.txt",
      "chmod -R a+rwX ~/open",
      "echo of-bob > /tmp/of-bob",
      "umask 077; echo of-bob > /dev/shm/of-bob",
    ];
    await ran("bob", left.join(" && "));
  });
  afterAll(async () => {
    for (const kernel of Object.values(kernels)) await kernel[Symbol.asyncDispose]();
    await machine?.down();
  });

  /** The exit code of a command line in somebody's notebook, or as root on the machine. */
  async function ran(who: string, line: string): Promise<number> {
    const filled = line
      .replaceAll("BOB_PID", bobPid)
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
});
