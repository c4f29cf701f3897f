import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient } from "../hub-client.ts";
import { admin, adminPassword, installedMachine, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

interface Status {
  healthy: boolean;
  present: { account: string; memory?: number }[];
  memory: { total: number; free: number };
  disks: { mount: string; total: number; free: number }[];
  scheduled: { unit: string; next: string }[];
}

describe("what a machine says of itself", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await installedMachine(testImages[0] ?? "bookworm", { purpose: "report" });
    const client = new HubClient(`${machine.url}/`);
    await client.login(admin, adminPassword);
    await client.startServer(admin);
  });
  afterAll(async () => {
    await machine?.down();
  });

  test("status is one screen: who is on, room, what comes next", async () => {
    const status = JSON.parse(await shell(machine, "homeroom status --json")) as Status;
    expect(status.healthy).toBe(true);
    expect(status.present.map(({ account }) => account)).toEqual([`jupyter-${admin}`]);
    expect(status.memory.total).toBeGreaterThan(status.memory.free);
    expect(status.disks[0]).toMatchObject({ mount: "/" });
    const sweep = status.scheduled.find(({ unit }) => unit === "homeroom-sweep.service");
    expect(Date.parse(sweep?.next ?? "")).toBeGreaterThan(Date.now());
    const words = await shell(machine, "homeroom status");
    expect(words).toContain(`1 notebook server is running: ${admin}`);
    expect(words).toMatch(/next: homeroom-sweep, \d{4}-/);
    expect(words.trim().split("\n").length).toBeLessThan(24);
  });

  test("status ends with 1 where something is wrong, and names it first", async () => {
    await shell(machine, "systemctl stop homeroom-hub.socket homeroom-hub");
    const words = await shell(machine, "homeroom status", [1]);
    expect(words.split("\n")[0]).toMatch(/^not healthy/);
    expect(words.split("\n")[1]).toContain("The hub answers its health check with 503");
    await shell(
      machine,
      "systemctl start homeroom-hub.socket homeroom-hub; until homeroom status; do sleep 0.5; done",
    );
  });

  test("logs merge services and installer by time, hide secrets, and look for words", async () => {
    await shell(
      machine,
      "systemd-run --quiet --wait --unit=homeroom-says echo 'GET /hub/login?token=abc-def of a test'; journalctl --sync",
    );
    const all = (await shell(machine, "homeroom logs --lines 5000")).trim().split("\n");
    expect(all.some((line) => line.includes("homeroom-install: "))).toBe(true);
    expect(all.some((line) => line.includes("token=******** of a test"))).toBe(true);
    const times = all.map((line) => line.slice(0, 19)).filter((time) => /^\d{4}-/.test(time));
    expect(times).toEqual(times.toSorted());
    const found = await shell(machine, "homeroom logs --grep 'of a test$' --since '10 minutes ago'");
    expect(
      found
        .trim()
        .split("\n")
        .filter((line) => !line.includes("of a test")),
    ).toEqual([]);
    expect(await shell(machine, "homeroom logs apply --since today")).not.toContain("of a test");
    expect(await shell(machine, "homeroom logs --since 'the day after'", [64])).toContain("is no time");
    expect(await shell(machine, "homeroom logs --grep '('", [64])).toContain("regular expression");
  });

  test("logs --follow goes on", async () => {
    const said = await shell(
      machine,
      [
        "homeroom logs --follow --grep 'said later' >/root/followed & follower=$!",
        "for i in $(seq 60); do systemd-run --quiet --wait --unit=homeroom-later echo 'said later'",
        "grep -q 'echo.*said later' /root/followed && break; sleep 1; done",
        "kill $follower; wait $follower; cat /root/followed",
      ].join("; "),
    );
    expect(said).toContain("said later");
  });

  test("a report holds what helps, listed first, and neither a secret nor a name", async () => {
    const name = (await shell(machine, "hostname")).trim();
    const listed = await shell(machine, "cd /root; homeroom report --dry-run; ls");
    expect(listed).toMatch(/^doctor\.json +\d+ bytes/m);
    expect(listed).not.toContain("homeroom-report");
    await shell(
      machine,
      "homeroom report --yes --output /root/r.tar.gz; mkdir /root/r; tar -xf /root/r.tar.gz -C /root/r",
    );
    expect(await shell(machine, "stat -c '%a %U' /root/r.tar.gz")).toBe("600 root\n");
    expect(await shell(machine, "ls /var/lib/homeroom")).not.toMatch(/^report$/m);
    const inside = await shell(machine, "cd /root/r/homeroom-report; tail -n +1 *");
    for (const words of ['"healthy": true', "homeroom-hub.service", "person-1", "homeroom-install: "])
      expect(inside).toContain(words);
    const secrets = await shell(
      machine,
      "cat /var/lib/homeroom/secrets/{proxy-token,cookie-secret,culler-token}",
    );
    for (const secret of [...secrets.split(/\s+/).filter(Boolean), adminPassword, admin, name])
      expect(inside.toLowerCase()).not.toContain(secret.toLowerCase());
  });

  test("whoever wants to know is told of trouble and of its end, and figures are kept", async () => {
    await shell(machine, "homeroom config set metrics.enabled=true alerts.command='cat >> /root/told'");
    expect(await shell(machine, "systemctl is-active homeroom-watch.timer")).toBe("active\n");
    // Here the test itself is the timer.
    await shell(machine, "systemctl stop homeroom-watch.timer");
    await shell(machine, "homeroom alerts test");
    expect(await shell(machine, "cat /root/told; rm /root/told")).toContain("This is a test");
    await shell(machine, "homeroom watch");
    const figures = await shell(machine, "cat /var/lib/homeroom/metrics/homeroom.prom");
    expect(figures).toContain("homeroom_healthy 1\n");
    expect(figures).toMatch(/^homeroom_servers \d+$/m);
    await shell(
      machine,
      "systemctl stop homeroom-hub.socket homeroom-hub; homeroom watch; [ ! -e /root/told ]; homeroom watch; homeroom watch",
    );
    expect((await shell(machine, "cat /root/told")).match(/needs you/g)).toHaveLength(1);
    expect(await shell(machine, "cat /var/lib/homeroom/metrics/homeroom.prom")).toContain(
      "homeroom_healthy 0\n",
    );
    await shell(
      machine,
      "systemctl start homeroom-hub.socket homeroom-hub; until homeroom status; do sleep 0.5; done; homeroom watch",
    );
    expect(await shell(machine, "cat /root/told")).toMatch(/is well again\.\n$/);
    await shell(machine, "homeroom config unset metrics.enabled; homeroom config unset alerts.command");
    expect(await shell(machine, "systemctl is-active homeroom-watch.timer", [3, 4])).toBe("inactive\n");
  });
});
