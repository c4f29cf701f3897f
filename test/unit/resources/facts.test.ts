import { expect, test } from "vitest";
import { readFacts } from "../../../installer/resources/facts.ts";
import { kindOf } from "../../../installer/resources/kinds.ts";
import { FakeHost } from "../../fake-host.ts";

function makeMachine(): FakeHost {
  const machine = new FakeHost({
    "/usr/lib/os-release":
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\nID_LIKE=x\n',
    "/proc/meminfo": "MemTotal:        2015464 kB\nMemFree: 1 kB\n",
    "/proc/net/if_inet6": "00000000000000000000000000000001 01 80 10 80       lo\n",
    "/var/lib/dpkg/status": "Package: systemd\nStatus: install ok installed\nVersion: 252.36-1~deb12u1\n",
  });
  machine.putLink("/usr/bin/python3", "python3.11");
  return machine;
}

test("the facts are read without a process", async () => {
  const machine = makeMachine();
  expect(await readFacts(machine)).toEqual({
    os: { id: "debian", version: "12", name: "Debian GNU/Linux 12 (bookworm)" },
    architecture: process.arch === "arm64" ? "aarch64" : "x86_64",
    memory: 2015464 * 1024,
    python: "3.11",
    ipv6: true,
    systemd: 252,
  });
  expect([machine.queried, machine.ran]).toEqual([[], []]);
});

test("a machine may have no IPv6, but has a Python", async () => {
  const machine = makeMachine();
  machine.take("/proc/net/if_inet6");
  expect((await readFacts(machine)).ipv6).toBe(false);
  machine.take("/usr/bin/python3");
  await expect(readFacts(machine)).rejects.toMatchObject({
    remedy: expect.stringContaining("apt-get install python3") as string,
  });
});

test("a kind that nobody knows is a defect, not a resource", () => {
  expect(() => kindOf("cloud")).toThrow(new TypeError("no resource kind cloud"));
});
