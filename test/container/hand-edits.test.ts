import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { installedMachine, invocations, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

const units = "/etc/systemd/system";
const hub = `${units}/homeroom-hub.service`;

/** Files, links and masks are the same on each: one image is enough. */
describe.each(testImages.slice(0, 1))("what an admin changed by hand on %s", (image) => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "edits" });
  });
  afterAll(async () => {
    await machine?.down();
  });

  test("is told, kept as long as nobody says otherwise, and written anew when somebody does", async () => {
    await shell(machine, `echo '# by hand' >> ${hub}`);
    expect(await shell(machine, "homeroom plan", [2])).toContain(`${hub} was changed by hand`);
    expect(await shell(machine, "homeroom apply </dev/null")).toContain("was changed by hand");
    await shell(machine, "homeroom apply --keep");
    expect(await shell(machine, `tail -n 1 ${hub}`)).toBe("# by hand\n");
    await shell(machine, "homeroom apply --take");
    expect(await shell(machine, `tail -n 1 ${hub}`)).not.toContain("by hand");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });

  test("a masked unit is told, kept, and unmasked when somebody says so", async () => {
    const culler = `${units}/homeroom-culler.service`;
    await shell(machine, `rm ${culler} && systemctl mask homeroom-culler.service`);
    expect(await shell(machine, `readlink ${culler}`)).toBe("/dev/null\n");
    expect(await shell(machine, "homeroom plan", [2])).toContain(`${culler} was changed by hand`);
    await shell(machine, "homeroom apply --keep");
    expect(await shell(machine, `readlink ${culler}`)).toBe("/dev/null\n");
    await shell(machine, "homeroom apply --take");
    expect(
      await shell(machine, "systemctl is-enabled homeroom-culler; systemctl is-active homeroom-culler"),
    ).toBe("enabled\nactive\n");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });

  test("a link to a file of the admin's own is told, and left", async () => {
    await shell(
      machine,
      `mv /etc/tmpfiles.d/homeroom.conf /root/mine.conf && ln -s /root/mine.conf /etc/tmpfiles.d/homeroom.conf`,
    );
    expect(await shell(machine, "homeroom plan", [2])).toContain(
      "/etc/tmpfiles.d/homeroom.conf was changed by hand",
    );
    await shell(machine, "homeroom apply --keep");
    expect(await shell(machine, "readlink /etc/tmpfiles.d/homeroom.conf")).toBe("/root/mine.conf\n");
    await shell(machine, "homeroom apply --take");
    expect(await shell(machine, "stat -c %F /etc/tmpfiles.d/homeroom.conf")).toBe("regular file\n");
  });

  test("a directory moved elsewhere is told and kept; it is never replaced", async () => {
    const folder = "/opt/homeroom/environments";
    await shell(machine, `mv ${folder} /srv/environments && ln -s /srv/environments ${folder}`);
    expect(await shell(machine, "homeroom plan", [2])).toContain(`${folder} was changed by hand`);
    expect(await shell(machine, "homeroom config set limits.memory=768M")).toContain("Applied");
    const refused = await shell(machine, "homeroom apply --take", [1]);
    expect(refused).toContain(`${folder} is a link; Homeroom keeps a directory there.`);
    expect(await shell(machine, `readlink ${folder} && ls /srv/environments | wc -l`)).toBe(
      "/srv/environments\n1\n",
    );
    await shell(machine, `rm ${folder} && mv /srv/environments ${folder}`);
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });

  test("a file of ours that is gone is written again, without a question and without a restart", async () => {
    const before = await invocations(machine);
    await shell(machine, "rm /usr/local/bin/homeroom /etc/polkit-1/rules.d/50-homeroom.rules");
    await shell(machine, "/opt/homeroom/runtimes/*/bin/node /opt/homeroom/current/dist/homeroom.mjs apply");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
    expect(await invocations(machine)).toBe(before);
  });

  test("whoever is not root, and a mistake in the config, change nothing", async () => {
    expect(await shell(machine, "setpriv --reuid=nobody --clear-groups homeroom apply", [77])).toContain(
      "sudo homeroom apply",
    );
    await shell(
      machine,
      "cp /etc/homeroom/config.yaml /root/good.yaml && echo 'limts: {}' >> /etc/homeroom/config.yaml",
    );
    const refused = await shell(machine, "homeroom apply", [78]);
    expect(refused).toMatch(/config\.yaml:\d+:1: error: .*limts/);
    expect(refused).toContain("limits");
    // The hub reads what was compiled of the last good config.
    await shell(machine, "systemctl restart homeroom-hub");
    expect(await shell(machine, "homeroom status")).toMatch(/^healthy/m);
    await shell(machine, "cp /root/good.yaml /etc/homeroom/config.yaml");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });
});
