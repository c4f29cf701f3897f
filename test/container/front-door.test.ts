import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { hubAnswers, installedMachine, shell, writtenFiles } from "../installed-machine.ts";
import { atWork, letIn, logIn } from "../log-in.ts";
import { testImages } from "../machine.ts";

describe.each(testImages)("the front door on %s", (image) => {
  let machine: Machine;
  let address: string;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "door" });
    address = new URL(machine.url).hostname;
    await letIn(machine, "alice");
  });
  afterAll(async () => {
    await machine?.down();
  });

  /** What the machine's health page answers at an address, asked from inside or outside; "nobody" where nobody listens. */
  async function asked(from: "inside" | "outside", url: string): Promise<string> {
    if (from === "inside") {
      return shell(machine, `curl -s -o /dev/null -m 10 -w '%{http_code}' ${url} || echo ' nobody'`);
    }
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
    return answer === undefined ? "nobody" : String(answer.status);
  }

  test("moves to another port and back; who is at work goes on", async () => {
    await atWork(machine, "alice");
    const server = () => shell(machine, "systemctl show -P InvocationID homeroom-user@alice");
    const before = await server();
    expect(await shell(machine, "homeroom config set http.port=8088 --yes")).toContain("Applied");
    expect(await asked("outside", `http://${address}:8088/hub/health`)).toBe("200");
    expect(await asked("outside", `http://${address}/hub/health`)).toBe("nobody");
    expect(await shell(machine, "homeroom status")).toContain(":8088/");
    expect(await shell(machine, "homeroom config set http.port=80 --yes")).toContain("Applied");
    expect(await asked("outside", `http://${address}/hub/health`)).toBe("200");
    expect(await asked("outside", `http://${address}:8088/hub/health`)).toBe("nobody");
    expect(await server()).toBe(before);
    expect((await (await logIn(machine, "alice")).get("user/alice/api/status")).status).toBe(200);
  });

  test("listens at one address only where that is asked for", async () => {
    await shell(machine, "homeroom config set http.address=127.0.0.1 --yes");
    expect(await asked("inside", "http://127.0.0.1/hub/health")).toBe("200");
    expect(await asked("outside", `http://${address}/hub/health`)).toBe("nobody");
    await shell(machine, `homeroom config set http.address=${address} --yes`);
    expect(await asked("outside", `http://${address}/hub/health`)).toBe("200");
    expect(await asked("inside", "http://127.0.0.1/hub/health")).toContain("nobody");
    await shell(machine, "homeroom config unset http.address --yes");
    expect(await asked("inside", "http://127.0.0.1/hub/health")).toBe("200");
    await hubAnswers(machine);
  });

  test("opens below another base_url, and goes back", async () => {
    expect(await shell(machine, "homeroom config set base_url=/class/ --yes")).toContain("Applied");
    await logIn(machine, "alice", "/class/");
    expect(await shell(machine, "homeroom config rollback --yes")).toContain("Applied");
    await logIn(machine, "alice");
    expect(await shell(machine, "homeroom config get base_url")).toBe("/\n");
  });

  test("stays where it is when another program holds the new port", async () => {
    await shell(machine, "systemd-run --quiet --unit=other python3 -m http.server 8099; sleep 1");
    // The config itself is the person's own change; nothing else may follow from it.
    const others = async () =>
      (await writtenFiles(machine)).split("\n").filter((line) => !line.startsWith("/etc/homeroom"));
    const before = await others();
    const refused = await shell(machine, "homeroom config set http.port=8099 --yes", [78]);
    expect(refused).toContain("8099");
    expect(refused).toContain("python3");
    expect(await others()).toEqual(before);
    await shell(machine, "homeroom config unset --no-apply http.port; systemctl stop other");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });

  test("is open after a boot without a network, and answers when that comes", async () => {
    await shell(machine, `homeroom config set http.address=${address} --yes`);
    const gateway = (await shell(machine, "ip route show default")).trim();
    await shell(machine, "ip address flush dev eth0; ip link set eth0 down");
    await machine.reboot();
    expect(await shell(machine, "ip -4 address show dev eth0")).not.toContain(address);
    const units = "homeroom-hub homeroom-proxy@a homeroom-proxy.socket homeroom-culler";
    expect(await shell(machine, `systemctl is-active ${units}`)).toBe("active\n".repeat(4));
    expect(
      await shell(machine, "systemctl show -P NRestarts homeroom-hub homeroom-proxy@a homeroom-culler"),
    ).toBe("0\n\n0\n\n0\n");
    expect(await shell(machine, "systemctl --failed --no-legend --plain")).toBe("");
    await shell(
      machine,
      `ip link set eth0 up; ip address add ${address}/30 dev eth0; ip route add ${gateway}`,
    );
    await hubAnswers(machine);
    const alice = await atWork(machine, "alice");
    expect(await alice.run("alice", "5*4")).toBe("20");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });
});
