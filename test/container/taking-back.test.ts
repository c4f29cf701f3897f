import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { admin, environmentChecked, installedMachine, shell } from "../installed-machine.ts";
import { atWork } from "../log-in.ts";
import { testImages } from "../machine.ts";

/** What a class would notice: not records of what was tried, logs, caches, and what services keep for themselves. */
const except = [
  "/var/lib/homeroom/journal",
  "/var/lib/homeroom/blobs",
  "/var/lib/homeroom/hub",
  "/var/lib/homeroom/proxy",
  "/var/log",
  "/var/cache",
  "/tmp",
  "/var/tmp",
  "/var/lib/systemd",
  "/root",
  "/home",
];

const settling = { timeout: 120_000, interval: 5_000 };

describe.each(testImages)("what goes wrong is taken back on %s", (image) => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "back" });
  });
  afterAll(async () => {
    await machine?.down();
  });

  /** Every file with its hash, rights and owner, every unit with its state, and what the services were started with. */
  async function picture(): Promise<string[]> {
    const pruned = except.map((path) => `-path ${path} -prune -o`).join(" ");
    const find = `find / -xdev ${pruned} -name __pycache__ -prune -o`;
    const said = await shell(
      machine,
      `${find} -printf '%p %y %m %u:%g %l\\n' | sort
       ${find} -type f -print0 | sort -z | xargs -0 sha256sum
       systemctl list-units --all --plain --no-legend 'homeroom*' | awk '{print $1, $3, $4}' | grep -v '^homeroom-recover\\|^homeroom-revert' | sort
       systemctl list-unit-files --no-legend 'homeroom*' | sort
       for unit in homeroom-hub homeroom-culler homeroom-proxy@a homeroom-proxy@b; do
         pid=$(systemctl show -P MainPID $unit); [ "$pid" = 0 ] || tr '\\0' '\\n' <"/proc/$pid/environ" | grep HOMEROOM_INPUTS
       done`,
    );
    return said.split("\n");
  }

  /** Once the services that look after a boot, or after a change of the environment, have done so. */
  async function settledPicture(): Promise<string[]> {
    await environmentChecked(machine);
    let last = await picture();
    await expect
      .poll(async () => {
        const seen = last;
        last = await picture();
        return JSON.stringify(last) === JSON.stringify(seen);
      }, settling)
      .toBe(true);
    return last;
  }

  test("a service that does not start with the new config: the machine is byte for byte as before", async () => {
    const folder = "/etc/systemd/system/homeroom-hub.service.d";
    // As a hub does that cannot take a config: whatever else is in the file, it ends at once.
    await shell(
      machine,
      `printf '[Service]\\nExecStartPre=/bin/sh -c "! grep -q broken /var/lib/homeroom/compiled/hub.json"\\n' >${folder}/90-test.conf; systemctl daemon-reload`,
    );
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
    const before = await settledPicture();
    expect(before.length).toBeGreaterThan(10_000);
    const asked = "base_url=/broken/ limits.cpu=1.5 services.cull.timeout=1200";
    const failed = await shell(machine, `homeroom config set ${asked} --yes`, [1]);
    expect(failed).toContain("The service homeroom-hub.service did not start.");
    expect(failed).toContain("generation 1 is in use as before");
    await expect.poll(picture, settling).toEqual(before);
    expect(await shell(machine, "homeroom tasks | tail -n 1")).toMatch(/ undone /);

    await shell(machine, `rm ${folder}/90-test.conf; systemctl daemon-reload`);
    await shell(machine, "homeroom config unset --no-apply base_url limits.cpu services.cull.timeout");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
    const teacher = await atWork(machine, admin);
    expect(await teacher.run(admin, "5*4")).toBe("20");
  });

  test("a command that is killed: the next one takes it back, says so, and sweeps what lies about", async () => {
    const before = await settledPicture();
    await shell(machine, "homeroom config set --no-apply base_url=/killed/");
    const count = "ls /var/lib/homeroom/journal | wc -l";
    await shell(
      machine,
      `n=$(${count}); homeroom apply & p=$!; while [ "$(${count})" = "$n" ]; do :; done; sleep 0.2; kill -9 $p; wait; true`,
    );
    // Where the kill hits is chance; these are names that it leaves when it hits a write, and the lock it leaves always.
    const left = [
      "/etc/systemd/system/homeroom-hub.service.d/.10-homeroom-inputs.conf.homeroom-4000000-7",
      "/var/lib/homeroom/blobs/.00.homeroom-4000000-8",
    ];
    await shell(machine, `touch ${left.join(" ")}; test -e /run/homeroom/lock`);
    const again = await shell(machine, "homeroom config unset --no-apply base_url; homeroom apply");
    expect(again).toContain("was interrupted; what it had begun was taken back");
    expect(await shell(machine, "homeroom tasks")).not.toMatch(/ running /);
    await expect.poll(picture, settling).toEqual(before);
    expect(await shell(machine, `ls -d ${left.join(" ")} /run/homeroom/lock 2>&1`, [2])).not.toMatch(/^\//m);
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });

  test("two that find the lock of a killed one at once do not both get it", async () => {
    const gone = { pid: 4_000_000, startedAt: "1", command: "apply", who: "bob", terminal: "", since: "" };
    await shell(machine, "homeroom config set --no-apply limits.cpu=1.2");
    const outcomes = await shell(
      machine,
      `echo '${JSON.stringify(gone)}' >/run/homeroom/lock
       for n in 1 2 3 4 5 6; do (homeroom apply >/root/said-$n 2>&1; echo $? >/root/code-$n) & done; wait
       cat /root/code-*; homeroom tasks | tail -n 6 | grep -c ' completed '`,
    );
    expect(
      outcomes
        .trim()
        .split("\n")
        .slice(0, 6)
        .filter((code) => code !== "0" && code !== "75"),
    ).toEqual([]);
    expect(await shell(machine, "cat /root/said-* | grep -c 'Applied: generation'")).toBe("1\n");
    await shell(machine, "homeroom config unset limits.cpu");
  });

  test("environments of the hub that nothing needs go with the next change", async () => {
    const folder = "/opt/homeroom/hub";
    const inUse = (await shell(machine, `ls ${folder}`)).trim();
    await shell(machine, `mkdir -p ${folder}/old1/bin ${folder}/old2/bin; touch ${folder}/old1/bin/python`);
    await shell(
      machine,
      `cp /usr/bin/sleep ${folder}/old2/bin/sleep; systemd-run --quiet --unit=old ${folder}/old2/bin/sleep 600`,
    );
    await shell(machine, "homeroom config set limits.cpu=1.3");
    expect(await shell(machine, `ls ${folder}`)).toBe([inUse, "old2"].toSorted().join("\n") + "\n");
    await shell(machine, "systemctl stop old");
    await shell(machine, `mkdir ${folder}/old1`);
    await shell(machine, "homeroom config set limits.cpu=1.4");
    expect(await shell(machine, `ls ${folder}`)).toBe(`${inUse}\n`);
  });
});
