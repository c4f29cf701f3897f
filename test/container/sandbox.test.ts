import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HomeroomError } from "../../installer/errors.ts";
import { createHost } from "../../installer/host/local-host.ts";
import { ensureImage } from "../../installer/sandbox/image.ts";
import { find, up, type Machine } from "../../installer/sandbox/machine.ts";
import { testImages, testMachine } from "../machine.ts";

const host = createHost();
const cli = resolve(import.meta.dirname, "../../installer/cli/main.ts");

describe.each(testImages)("a %s container", (image) => {
  let machine: Machine;
  let directory: string;
  beforeAll(async () => {
    machine = await testMachine("sandbox", { image });
    directory = await mkdtemp(join(tmpdir(), "sandbox-test-"));
  });
  afterAll(async () => {
    await machine.down();
    await rm(directory, { recursive: true, force: true });
  });

  test("runs the release's systemd, as a bare server", async () => {
    const { stdout } = await machine.exec(["cat", "/proc/1/comm", "/etc/hostname", "/etc/os-release"]);
    expect(stdout).toMatch(new RegExp(`^systemd\n${machine.name}\n`));
    expect(stdout).toContain(`VERSION_CODENAME=${image}\n`);
    expect((await machine.exec(["systemctl", "is-system-running"])).stdout).toBe("running\n");
    expect((await machine.exec(["stat", "-f", "-c", "%T", "/sys/fs/cgroup"])).stdout).toBe("cgroup2fs\n");
    const bare = await machine.exec(["sh", "-c", "command -v git node npm pip pkexec"], {
      okCodes: [1, 127],
    });
    expect(bare.stdout).toBe("");
  });

  test("runs programs with input, variables, and their exit code as answer or error", async () => {
    const echo = await machine.exec(["sh", "-c", 'cat; printf "%s" "$WORDS"; pwd; exit 3'], {
      input: "in\n",
      env: { WORDS: `it's "quoted" $HOME` },
      okCodes: [3],
    });
    expect(echo).toMatchObject({ exitCode: 3, stdout: `in\nit's "quoted" $HOME/root\n` });
    const failure = machine.exec(["sh", "-c", "echo because >&2; exit 4"]);
    await expect(failure).rejects.toThrow(HomeroomError);
    await expect(failure).rejects.toMatchObject({ remedy: expect.stringContaining("because") as string });
    const lines: string[] = [];
    await machine.exec(["printf", "a\nb\n"], { onLine: (line) => lines.push(line) });
    expect(lines).toEqual(["a", "b"]);
  });

  test("kills a program, and what it started, when its time is up", async () => {
    const slow = machine.exec(["sh", "-c", "sleep 4321 & sleep 4321"], { timeoutMs: 1000 });
    await expect(slow).rejects.toThrow("did not end within 1 s");
    const left = await machine.exec(["sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"]);
    expect(left.stdout).not.toContain("sleep 4321");
  });

  test("copies files and directories both ways, with their modes", async () => {
    await mkdir(join(directory, "in/sub dir"), { recursive: true });
    await writeFile(join(directory, "in/run.sh"), "#!/bin/sh\necho ran\n", { mode: 0o755 });
    await writeFile(join(directory, "in/sub dir/bytes"), Buffer.from([0, 255, 10, 13, 128]));
    await machine.copyIn(join(directory, "in"), "/srv/it's here");
    expect((await machine.exec(["/srv/it's here/run.sh"])).stdout).toBe("ran\n");
    await machine.copyIn(join(directory, "in/run.sh"), "/srv/deep/er/run");
    expect((await machine.exec(["stat", "-c", "%a %U", "/srv/deep/er/run"])).stdout).toBe("755 root\n");
    await machine.copyOut("/srv/it's here", join(directory, "out"));
    expect(await readFile(join(directory, "out/sub dir/bytes"))).toEqual(Buffer.from([0, 255, 10, 13, 128]));
    await machine.copyOut("/etc/hostname", join(directory, "one/name"));
    expect(await readFile(join(directory, "one/name"), "utf8")).toBe(`${machine.name}\n`);
    await expect(machine.copyOut("/nowhere", join(directory, "no"))).rejects.toThrow(HomeroomError);
  });

  test("reaches this machine, and its port 80 is reached from here", async () => {
    const server = createServer((_, response) => response.end("from outside"));
    server.listen(0, "0.0.0.0");
    await once(server, "listening");
    try {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      const gateway = (await machine.exec(["ip", "route", "show", "default"])).stdout.split(" ")[2] ?? "";
      const got = await machine.exec(["curl", "-sS", "--max-time", "10", `http://${gateway}:${port}/`]);
      expect(got.stdout).toBe("from outside");
    } finally {
      server.close();
    }
    await serve(machine, "from inside");
    expect(await (await fetch(machine.url)).text()).toBe("from inside");
  });

  test("keeps its disk over a reboot, and nothing else", async () => {
    await machine.exec(["sh", "-c", "echo kept >/root/kept; echo gone >/run/gone"]);
    await machine.reboot();
    const { stdout } = await machine.exec(
      ["sh", "-c", "cat /root/kept; ls /run/gone 2>&1; systemctl is-system-running"],
      {
        okCodes: [0],
      },
    );
    expect(stdout).toMatch(/^kept\n.*No such file.*\nrunning\n$/);
    await expect(machine.powerCut()).rejects.toMatchObject({
      remedy: expect.stringContaining("--vm") as string,
    });
  });

  test("is one of many that don't see each other, and others start from its disk", async () => {
    await using base = await testMachine("base", { image });
    expect(base.url).not.toBe(machine.url);
    await base.exec(["systemd-run", "--unit=only-here", "sleep", "1000"]);
    const asked = await machine.exec(["systemctl", "is-active", "only-here"], { okCodes: [3, 4] });
    expect(asked.stdout).toBe("inactive\n");
    await base.exec(["sh", "-c", "echo installed >/root/state; rm /etc/debian_version"]);
    const baseNumber = (await base.exec(["cat", "/etc/machine-id"])).stdout;
    await expect(testMachine("early", { from: base.name })).rejects.toThrow("no powered-off machine");
    await base.powerOff();
    expect(await base.state()).toBe("stopped");
    {
      await using first = await testMachine("first", { from: base.name });
      await using second = await testMachine("second", { from: base.name });
      await first.exec(["sh", "-c", "echo changed >/root/state"]);
      const seen = await second.exec([
        "sh",
        "-c",
        "cat /root/state /etc/hostname; [ ! -e /etc/debian_version ]",
      ]);
      expect(seen.stdout).toBe(`installed\n${second.name}\n`);
      const numbers = await Promise.all(
        [first, second].map(async (one) => (await one.exec(["cat", "/etc/machine-id"])).stdout),
      );
      expect(new Set([...numbers, baseNumber]).size).toBe(3);
      expect(numbers.join("")).toMatch(/^([0-9a-f]{32}\n){2}$/);
      expect(first.url).not.toBe(second.url);
      await expect(base.down()).rejects.toThrow("is in use");
      await expect(up({ name: base.name })).rejects.toThrow("is in use");
    }
    const again = await up({ name: base.name });
    expect((await again.exec(["cat", "/root/state"])).stdout).toBe("installed\n");
    await expect(up({ name: base.name })).rejects.toThrow("already");
  });

  test("gives a port of this machine where one is asked for", async () => {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    await using forwarded = await testMachine("port", { image, port });
    await serve(forwarded, "by port");
    expect(forwarded.url).toBe(`http://127.0.0.1:${port}`);
    expect(await (await fetch(forwarded.url)).text()).toBe("by port");
  });
});

describe("homeroom sandbox", () => {
  test("up, list, exec, copy and down, as in the manual", async () => {
    const name = uniqueName();
    const up = await homeroom("up", name, "--image", testImages[0] ?? "", "--json");
    expect(up.stderr).toContain(`Booting ${name}`);
    const shown = JSON.parse(up.stdout) as { url: string };
    expect(shown).toEqual({
      name,
      kind: "container",
      image: testImages[0],
      state: "running",
      url: shown.url,
    });
    const list = JSON.parse((await homeroom("list", "--json")).stdout) as unknown[];
    expect(list).toContainEqual(shown);
    const ran = await homeroom("exec", name, "--", "sh", "-c", "cat; exit 5", "--json");
    expect(ran).toMatchObject({ code: 5, stdout: "typed" });
    const directory = await mkdtemp(join(tmpdir(), "sandbox-copy-"));
    expect((await homeroom("copy", `${name}:/etc/hostname`, join(directory, "name"))).code).toBe(0);
    expect(await readFile(join(directory, "name"), "utf8")).toBe(`${name}\n`);
    await rm(directory, { recursive: true });
    expect((await homeroom("copy", "/a", "/b")).code).toBe(64);
    expect((await homeroom("exec", name)).code).toBe(64);
    expect((await homeroom("up", "Not A Name")).code).toBe(64);
    expect((await homeroom("down", name)).code).toBe(0);
    expect((await homeroom("exec", name, "--", "true")).code).toBe(1);
    expect(await remains(name)).toEqual([]);
  });

  test.each([150, 400, 700, 1000])("interrupted after %i ms, nothing stays behind", async (ms) => {
    const name = uniqueName();
    const child = start("up", name, "--image", testImages[0] ?? "");
    const ended = once(child, "exit");
    await sleep(ms);
    child.kill(ms % 200 === 0 ? "SIGINT" : "SIGTERM");
    const [code] = (await ended) as [number | null];
    // So late that the machine was up already, it is a machine that somebody wanted.
    if (code === 0) await (await find(name)).down();
    expect([0, 130, null]).toContain(code);
    expect(await remains(name)).toEqual([]);
  });

  test.each([250, 500, 800])("killed after %i ms, `down` takes away what is left", async (ms) => {
    const name = uniqueName();
    const child = start("up", name, "--image", testImages[0] ?? "");
    const ended = once(child, "exit");
    await sleep(ms);
    child.kill("SIGKILL");
    await ended;
    await sleep(300);
    await homeroom("down", name);
    expect(await remains(name)).toEqual([]);
  });

  test("a supervisor that is killed takes its processes, mounts and interface along", async () => {
    await using machine = await testMachine("killed", { image: testImages[0] ?? "bookworm" });
    const pid = (await readFile(`/var/lib/homeroom-sandbox/machines/${machine.name}/pid`, "utf8")).trim();
    process.kill(Number(pid), "SIGKILL");
    for (let tries = 0; tries < 100 && (await machine.state()) !== "stopped"; tries += 1) await sleep(50);
    await sleep(500);
    expect((await remains(machine.name)).filter((what) => /^(process|mount)/.test(what))).toEqual([]);
    await expect(machine.exec(["true"])).rejects.toThrow("is not running");
  });
});

test("an image that is interrupted leaves nothing running, and two that want it make it once", async () => {
  const root = await mkdtemp(join(tmpdir(), "sandbox-images-"));
  const elsewhere = createHost({ root });
  const image = testImages[0] ?? "bookworm";
  try {
    await cp("/etc/apt", join(root, "etc/apt"), { recursive: true });
    await mkdir(join(root, "var/lib/homeroom-sandbox/images"), { recursive: true });
    const controller = new AbortController();
    const interrupted = ensureImage(elsewhere, "container", image, {
      report: () => undefined,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 4000);
    await expect(interrupted).rejects.toThrow("cancelled");
    await sleep(500);
    expect(await processesWith(root)).toEqual([]);

    const said: string[] = [];
    const progress = { report: (line: string) => said.push(line) };
    const both = [
      ensureImage(elsewhere, "container", image, progress),
      ensureImage(elsewhere, "container", image, progress),
    ];
    const [first, second] = await Promise.all(both);
    expect(second).toBe(first);
    expect(said.filter((line) => line.startsWith("I: success"))).toHaveLength(1);
    expect(await readdir(join(root, "var/lib/homeroom-sandbox/images"))).toEqual([first, `${first}.lock`]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

function uniqueName(): string {
  return `t-cli-${process.pid.toString(36)}${Math.random().toString(36).slice(2, 6)}`;
}

function start(...words: string[]): ChildProcess {
  return spawn(process.execPath, [cli, "sandbox", ...words], { stdio: ["pipe", "pipe", "pipe"] });
}

async function homeroom(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = start(...words);
  const said = { stdout: "", stderr: "" };
  child.stdout?.on("data", (data) => (said.stdout += String(data)));
  child.stderr?.on("data", (data) => (said.stderr += String(data)));
  child.stdin?.end("typed");
  const [code] = (await once(child, "close")) as [number];
  return { code, ...said };
}

/** Serves one text on the machine's port 80 until it goes down; resolves once it answers. */
async function serve(machine: Machine, text: string): Promise<void> {
  await machine.exec(["sh", "-c", 'mkdir -p /srv/www && printf %s "$0" >/srv/www/index.html', text]);
  await machine.exec(["systemd-run", "--unit=www", "python3", "-m", "http.server", "-d", "/srv/www", "80"]);
  const curl = [
    "curl",
    "-sf",
    "--retry",
    "20",
    "--retry-connrefused",
    "--retry-delay",
    "1",
    "http://127.0.0.1/",
  ];
  await machine.exec(curl);
}

/** Whatever of a machine is still on this machine, in words. */
async function remains(name: string): Promise<string[]> {
  const state = "/var/lib/homeroom-sandbox";
  const networks = await host.list(`${state}/networks`);
  const links = await Promise.all(
    networks.map(async (number) => await host.readLink(`${state}/networks/${number}`)),
  );
  const cgroups = ["", "/unified", "/systemd"].map(
    (part) => `/sys/fs/cgroup${part}/homeroom-sandbox-${name}`,
  );
  const left = await Promise.all(
    cgroups.map(async (path) => ((await host.stat(path)) === undefined ? [] : [path])),
  );
  const mounts = await readFile("/proc/self/mountinfo", "utf8");
  const devices = await host.list("/sys/class/net");
  return [
    ...(await processesWith(name)),
    ...((await host.stat(`${state}/machines/${name}`)) === undefined ? [] : ["directory"]),
    ...(links.includes(name) ? ["network"] : []),
    ...devices
      .filter((device) => device.startsWith("hrs") && !networks.includes(device.slice(3)))
      .map((device) => `device ${device}`),
    ...left.flat(),
    ...(mounts.includes(`/${name}/`) ? ["mount"] : []),
  ];
}

async function processesWith(text: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid));
  const lines = await Promise.all(
    pids.map(async (pid) =>
      (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " "),
    ),
  );
  return lines.filter((line) => line.includes(text)).map((line) => `process ${line.slice(0, 120)}`);
}
