import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HomeroomError } from "../../installer/errors.ts";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { testImages, testMachine } from "../machine.ts";

const cli = resolve(import.meta.dirname, "../../installer/cli/main.ts");

describe.each(testImages)("a %s virtual machine", (image) => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await testMachine("vm", { kind: "vm", image });
  });
  afterAll(async () => await machine?.down());

  test("boots the release by its own kernel and enforces memory limits", async () => {
    const { stdout } = await machine.exec([
      "sh",
      "-c",
      "uname -r; cat /etc/hostname /etc/os-release; systemctl is-system-running",
    ]);
    expect(stdout).not.toContain((await readFile("/proc/sys/kernel/osrelease", "utf8")).trim());
    expect(stdout).toContain(`\n${machine.name}\n`);
    expect(stdout).toContain(`VERSION_CODENAME=${image}\n`);
    expect(stdout).toMatch(/\nrunning\n$/);
    const limits = ["-p", "MemoryMax=64M", "-p", "MemorySwapMax=0"];
    const eat = ["python3", "-c", "x = b'x' * 200_000_000"];
    const eaten = await machine.exec(["systemd-run", "--wait", ...limits, ...eat], {
      okCodes: [1, 137, 255],
    });
    expect(eaten.stderr).toContain("oom-kill");
    await machine.exec(["systemd-run", "--wait", "-p", "MemoryMax=600M", ...eat]);
  });

  test("runs programs with input, variables, exit code and a time limit", async () => {
    const echo = await machine.exec(
      ["sh", "-c", 'cat; printf "%s " "$WORDS" "$1"; pwd; exit 3', "sh", "it's; $HOME"],
      {
        input: "in\n",
        env: { WORDS: `"quoted" 'too'` },
        okCodes: [3],
      },
    );
    expect(echo).toMatchObject({ exitCode: 3, stdout: `in\n"quoted" 'too' it's; $HOME /root\n` });
    await expect(machine.exec(["sleep", "4321"], { timeoutMs: 2000 })).rejects.toThrow(
      "did not end within 2 s",
    );
    const left = await machine.exec(["sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"]);
    expect(left.stdout).not.toContain("sleep 4321");
  });

  test("copies both ways, and its port 80 is reached from here", async () => {
    const directory = await mkdtemp(join(tmpdir(), "sandbox-vm-"));
    try {
      await writeFile(join(directory, "index.html"), Buffer.from([0, 255, 10]));
      await machine.copyIn(directory, "/srv/it's here");
      await machine.copyIn(join(directory, "index.html"), "/srv/www/index.html");
      await machine.copyOut("/srv/it's here", join(directory, "back"));
      expect(await readFile(join(directory, "back/index.html"))).toEqual(Buffer.from([0, 255, 10]));
    } finally {
      await rm(directory, { recursive: true });
    }
    await machine.exec(["systemd-run", "--unit=www", "python3", "-m", "http.server", "-d", "/srv/www", "80"]);
    await machine.exec([
      "curl",
      "-sf",
      "--retry",
      "30",
      "--retry-connrefused",
      "--retry-delay",
      "1",
      "http://127.0.0.1/",
    ]);
    expect(new Uint8Array(await (await fetch(machine.url)).arrayBuffer())).toEqual(
      new Uint8Array([0, 255, 10]),
    );
  });

  test("loses in a power cut what it has not synced, and only that", async () => {
    await machine.exec(["sh", "-c", "echo kept >/root/kept; sync; echo lost >/root/lost"]);
    await machine.powerCut();
    const { stdout } = await machine.exec(["sh", "-c", "cat /root/kept; cat /root/lost 2>/dev/null || :"]);
    expect(stdout).toBe("kept\n");
  });

  test("reboots in good order, and others start from its disk", async () => {
    await machine.exec(["sh", "-c", "echo installed >/root/state; echo gone >/run/gone"]);
    await machine.reboot();
    const { stdout } = await machine.exec(["sh", "-c", "cat /root/state; [ ! -e /run/gone ]"]);
    expect(stdout).toBe("installed\n");
    await machine.powerOff();
    expect(await machine.state()).toBe("stopped");
    await using other = await testMachine("fork", { from: machine.name });
    const seen = await other.exec(["sh", "-c", "cat /root/state /etc/hostname; hostname"]);
    expect(seen.stdout).toBe(`installed\n${other.name}\n${other.name}\n`);
    await expect(machine.down()).rejects.toThrow(HomeroomError);
  });
});

test.each([1000, 6000])(
  "a virtual machine that is interrupted after %i ms leaves nothing behind",
  async (ms) => {
    const name = `t-stop-${process.pid.toString(36)}-${ms}`;
    const child = spawn(process.execPath, [
      cli,
      "sandbox",
      "up",
      name,
      "--vm",
      "--image",
      testImages[0] ?? "",
    ]);
    const ended = once(child, "exit");
    await sleep(ms);
    child.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    expect(await readdir("/var/lib/homeroom-sandbox/machines")).not.toContain(name);
    const pids = (await readdir("/proc")).filter((pid) => /^\d+$/.test(pid));
    const lines = await Promise.all(
      pids.map(async (pid) => await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
    );
    expect(lines.filter((line) => line.includes(name))).toEqual([]);
  },
);
