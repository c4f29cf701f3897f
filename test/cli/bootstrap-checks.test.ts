import { describe, expect, test } from "vitest";
import { startRegistry } from "../registry/registry.ts";
import { Machine, makeFakeRelease, type RunOptions } from "./bootstrap-machine.ts";

const release = await makeFakeRelease();

interface Refusal {
  /** Makes the machine one that is refused. */
  arrange?: (machine: Machine) => Promise<void>;
  run?: RunOptions;
  exitCode?: number;
  says: string[];
}

const refusals: Record<string, Refusal> = {
  "no root": {
    run: { unprivileged: true, args: ["--admin", "teacher:secret"] },
    exitCode: 77,
    says: ["This needs root.", "sudo bash -s -- --admin teacher\n"],
  },
  "no systemd": {
    arrange: (machine) => machine.remove("run/systemd"),
    says: ["systemd doesn't run this machine", "--sandbox"],
  },
  "an old Debian": {
    arrange: (machine) =>
      machine.write("etc/os-release", 'ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian 11 (bullseye)"\n'),
    says: ["Debian 12 or newer and Ubuntu 24.04 or newer; this is Debian 11 (bullseye)."],
  },
  "an old Ubuntu": {
    arrange: (machine) =>
      machine.write("etc/os-release", 'ID=ubuntu\nVERSION_ID="22.04"\nPRETTY_NAME="Ubuntu 22.04"\n'),
    says: ["this is Ubuntu 22.04."],
  },
  "another system": {
    arrange: (machine) =>
      machine.write("etc/os-release", "ID=fedora\nVERSION_ID=44\nPRETTY_NAME='Fedora 44'\n"),
    says: ["this is Fedora 44."],
  },
  "a system without a name": {
    arrange: (machine) => machine.remove("etc/os-release"),
    says: ["this is this system."],
  },
  "another processor": {
    run: { env: { HOSTTYPE: "riscv64" } },
    says: ["64-bit Intel, AMD and ARM", "riscv64"],
  },
  "little memory": {
    arrange: (machine) => machine.write("proc/meminfo", "MemTotal:         499712 kB\n"),
    says: ["this machine has 488 MiB"],
  },
  "little disk": {
    run: {
      programs: {
        df: "printf 'Filesystem 1024-blocks Used Available Capacity Mounted\\n/dev/vda1 9 9 3000000 9%% /\\n'",
      },
    },
    says: ["this machine has 3000 MB"],
  },
  "no Python": { run: { programs: { python3: "exit 127" } }, says: ["apt-get install --yes python3"] },
  "port 80 taken, by whom": {
    arrange: (machine) => machine.listen("tcp", "00000000:0050"),
    run: {
      programs: {
        ss: `echo 'LISTEN 0 511 0.0.0.0:80 0.0.0.0:* users:(("nginx",pid=7,fd=6),("nginx",pid=6,fd=6))'`,
      },
    },
    says: ["Port 80 is in use by nginx.", "systemctl disable --now nginx"],
  },
  "port 80 taken on IPv6, nobody knows by whom": {
    arrange: (machine) => machine.listen("tcp6", "00000000000000000000000000000000:0050"),
    run: { programs: { ss: "exit 1" } },
    says: ["Port 80 is in use.", "ss -ltnp"],
  },
  "The Littlest JupyterHub": {
    arrange: (machine) => machine.write("opt/tljh/state/rev", ""),
    says: ["another hub on this machine (/opt/tljh)", "fresh server"],
  },
  "a JupyterHub": {
    arrange: (machine) => machine.write("etc/systemd/system/jupyterhub.service", ""),
    says: ["another hub on this machine (/etc/systemd/system/jupyterhub.service)"],
  },
  "no registry": {
    run: { env: { HOMEROOM_REGISTRY: "http://127.0.0.1:9" } },
    says: ["The registry 127.0.0.1:9 can’t be reached", "HOMEROOM_REGISTRY", "https_proxy"],
  },
  "no such host": {
    run: { env: { HOMEROOM_REGISTRY: "http://registry.invalid" } },
    says: ["The registry registry.invalid can’t be reached"],
  },
};

describe("a machine that is refused: the reason, the remedy, the exit code, nothing left behind", () => {
  test.each(Object.entries(refusals))("%s", async (_name, { arrange, run, exitCode = 1, says }) => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    await arrange?.(machine);
    const before = await machine.paths();
    const ran = await machine.run(release.script, {
      ...run,
      env: { HOMEROOM_REGISTRY: registry.url, ...run?.env },
    });
    expect(ran).toMatchObject({ exitCode, stdout: "" });
    for (const words of says) expect(ran.stderr).toContain(words);
    // One thing is wrong, so one is reported.
    expect(ran.stderr.match(/^ {2}\* /gm)).toHaveLength(1);
    expect(ran.stderr).toContain("Nothing was changed");
    expect(ran.stderr).not.toContain("secret");
    expect(await machine.paths()).toEqual(before);
  });

  test.each([
    [503, "answered HTTP 503 for"],
    [401, "wants a login for"],
    [407, "The proxy wants a login."],
    [404, "doesn’t have node-linux-"],
  ])("a registry that answers %i", async (status, words) => {
    await using registry = await startRegistry({
      packages: [],
      intercept(_request, response) {
        response.writeHead(status).end();
        return true;
      },
    });
    await using machine = await Machine.make();
    const ran = await machine.run(release.script, { env: { HOMEROOM_REGISTRY: registry.url } });
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain(words);
  });

  test("everything at once is reported at once", async () => {
    await using machine = await Machine.make();
    await machine.remove("run/systemd");
    await machine.write("etc/os-release", "ID=alpine\n");
    await machine.write("proc/meminfo", "MemTotal: 1000 kB\n");
    await machine.listen("tcp", "00000000:0050");
    await machine.write("opt/tljh/x", "");
    const ran = await machine.run(release.script, {
      unprivileged: true,
      env: { HOMEROOM_REGISTRY: "http://127.0.0.1:9" },
    });
    expect(ran.exitCode).toBe(77);
    expect(ran.stderr.match(/^ {2}\* /gm)).toHaveLength(7);
  });
});

describe("a machine that is accepted", () => {
  test.each([
    ["Debian 13", 'ID=debian\nVERSION_ID="13"\n'],
    ["Ubuntu 24.04", 'ID=ubuntu\nVERSION_ID="24.04"\n'],
    ["Ubuntu 26.04", 'ID=ubuntu\nVERSION_ID="26.04"\n'],
  ])("%s", async (_name, release_) => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    await machine.write("etc/os-release", release_);
    expect(await machine.run(release.script, { env: { HOMEROOM_REGISTRY: registry.url } })).toMatchObject({
      exitCode: 0,
    });
  });

  test("with port 80 taken, if the configuration is to say another", async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    await machine.listen("tcp", "00000000:0050");
    await machine.write("home/config.yaml", "http: {port: 8080}\n");
    const args = ["--config", `${machine.root}/home/config.yaml`];
    expect(
      await machine.run(release.script, { args, env: { HOMEROOM_REGISTRY: registry.url } }),
    ).toMatchObject({ exitCode: 0 });
  });

  test("with port 80 taken by the Homeroom that is there", async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    await machine.listen("tcp", "00000000:0050");
    await machine.write("opt/homeroom/current/package.json", "{}");
    expect(await machine.run(release.script, { env: { HOMEROOM_REGISTRY: registry.url } })).toMatchObject({
      exitCode: 0,
    });
  });
});

describe("a command line that can't be meant", () => {
  test.each([
    ["an option that isn't there", ["--nonsense"], "There is no option --nonsense."],
    ["an option without its value", ["--admin"], "--admin needs a value."],
    ["a password of nobody", ["--admin-password-file", "/etc/hostname"], "--admin doesn't say whose"],
    ["a configuration that isn't there", ["--config", "/no/such"], "/no/such can't be read"],
    ["an offline file that isn't there", ["--offline=/no/such"], "/no/such can't be read"],
    ["a secret in an unknown option", ["--password=hunter2"], "There is no option --password."],
  ])("%s", async (_name, args, words) => {
    await using machine = await Machine.make();
    const before = await machine.paths();
    const ran = await machine.run(release.script, { args });
    expect(ran).toMatchObject({ exitCode: 64, stdout: "" });
    expect(ran.stderr).toContain(words);
    expect(ran.stderr).not.toContain("hunter2");
    expect(await machine.paths()).toEqual(before);
  });

  test("--help lists every option on standard output", async () => {
    await using machine = await Machine.make();
    const ran = await machine.run(release.script, { args: ["--help"], unprivileged: true });
    expect(ran).toMatchObject({ exitCode: 0 });
    const options = [...release.script.matchAll(/^ +(--[a-z-]+)(?: \| -h)?\) /gm)].map(
      ([, option]) => option,
    );
    expect(options.length).toBeGreaterThan(9);
    for (const option of options) expect(ran.stderr + ran.stdout).toContain(`  ${option} `);
  });

  test("a script that names no release and lies in no checkout", async () => {
    await using machine = await Machine.make();
    const source = release.script.replace(/\nversion='.*'\n/, "\nversion=''\n");
    const ran = await machine.run(source);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("it names no version");
  });
});

describe("a script that did not arrive whole does nothing", () => {
  const whole = release.script.trimEnd();
  const start = whole.lastIndexOf("\n");
  // All over the file, and before every byte of the line that starts it.
  const offsets = Array.from({ length: 60 }, (_, part) => Math.floor((start * part) / 60));
  for (let at = start; at < whole.length; at += 1) offsets.push(at);

  test(`cut at ${offsets.length} places`, { timeout: 60_000 }, async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    const before = await machine.paths();
    for (const offset of offsets) {
      const part = whole.slice(0, offset);
      const ran = await machine.run(part, { env: { HOMEROOM_REGISTRY: registry.url } });
      expect(ran.stdout, `cut at ${offset}`).toBe("");
      expect(await machine.paths(), `cut at ${offset}`).toEqual(before);
    }
    expect(registry.requests).toEqual([]);
  });
});
