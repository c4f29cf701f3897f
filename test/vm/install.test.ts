import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient } from "../hub-client.ts";
import {
  admin,
  adminPassword,
  bootstrap,
  installedMachine,
  invocations,
  serveRelease,
  shell,
} from "../installed-machine.ts";
import { testImages } from "../machine.ts";

/** Milliseconds; an emulated machine is about ten times slower than this one. */
const slow = 10 * 60_000;

describe.each(testImages)("a hub on a %s virtual machine", (image) => {
  let machine: Machine;
  beforeAll(async () => {
    // A bare Debian, `curl … | bash`, and a boot.
    machine = await installedMachine(image, { purpose: "install", kind: "vm" });
  }, 3 * slow);
  afterAll(async () => {
    await machine?.down();
  });

  async function teacherAtWork(): Promise<HubClient> {
    const client = new HubClient(`${machine.url}/`);
    await client.login(admin, adminPassword);
    expect(await client.isLoggedIn()).toBe(true);
    await client.startServer(admin, slow);
    return client;
  }

  test("computes under a memory limit that kills only what is over it", { timeout: slow }, async () => {
    const client = await teacherAtWork();
    await using kernel = await client.kernel(admin);
    expect(await kernel.run("5*4", slow)).toBe("20");
    const limit = await shell(
      machine,
      `cat /sys/fs/cgroup/homeroom.slice/homeroom-users.slice/homeroom-users-${admin}.slice/memory.max`,
    );
    expect(limit).toBe(await shell(machine, "homeroom config get limits.memory --json"));
    const eater =
      "import subprocess, sys; subprocess.run([sys.executable, '-c', 'bytearray(b\"x\") * (2 << 30)']).returncode";
    expect(await kernel.run(eater, slow)).toBe("-9");
    expect(await kernel.run("'still here'", slow)).toBe("'still here'");
    expect(await shell(machine, `systemctl is-active homeroom-user@${admin}`)).toBe("active\n");
  });

  test("the cloud's metadata address is closed to notebooks", { timeout: slow }, async () => {
    await shell(
      machine,
      "ip address add 169.254.169.254/32 dev lo && systemd-run --quiet --unit=metadata python3 -m http.server --bind 169.254.169.254 8080; sleep 5",
    );
    expect(
      await shell(machine, "curl -s -o /dev/null -w '%{http_code}' -m 20 http://169.254.169.254:8080/"),
    ).toBe("200");
    const client = await teacherAtWork();
    const asked =
      "import subprocess; subprocess.run(['curl', '-s', '-m', '8', 'http://169.254.169.254:8080/']).returncode";
    expect(await client.run(admin, asked, slow)).toBe("28");
  });

  test(
    "a reboot brings everything back, and a second run finds nothing to do",
    { timeout: 2 * slow },
    async () => {
      await machine.reboot();
      await expect
        .poll(async () => (await fetch(`${machine.url}/hub/health`).catch(() => undefined))?.status, {
          timeout: slow,
          interval: 1000,
        })
        .toBe(200);
      const client = await teacherAtWork();
      expect(await client.run(admin, "5*4", slow)).toBe("20");
      const before = await invocations(machine);
      await using registry = await serveRelease();
      const { stderr } = await bootstrap(machine, registry);
      expect(stderr).toContain("Nothing to do");
      expect(await invocations(machine)).toBe(before);
    },
  );
});
