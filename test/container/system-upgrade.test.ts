import { afterAll, beforeAll, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient } from "../hub-client.ts";
import { admin, adminPassword, hubAnswers, installedMachine, shell, siteOf } from "../installed-machine.ts";
import { testImages } from "../machine.ts";
import { makeWheel } from "../registry/make-wheel.ts";
import { startPackageIndex, type PackageIndex } from "../registry/package-index.ts";

/** Debian 12 becomes 13 in a machine that is in use. Takes ten minutes, so only where every image is tested. */
const both = testImages.length > 1;
const long = { timeout: 40 * 60_000 };

let machine: Machine;
let index: PackageIndex;

beforeAll(async () => {
  if (!both) return;
  machine = await installedMachine("bookworm", { purpose: "system-upgrade" });
  index = await startPackageIndex({
    wheels: [
      makeWheel("made-for-3-11", "1.0", { tag: "cp311-cp311-any" }),
      makeWheel("for-both", "1.0", { tag: "cp311-cp311-any" }),
      makeWheel("for-both", "1.1", { tag: "cp313-cp313-any" }),
    ],
  });
});
afterAll(async () => {
  await machine?.down();
  await index?.[Symbol.asyncDispose]();
});

test.runIf(both)(
  "after apt full-upgrade and a reboot hub and environment work again by themselves",
  long,
  async () => {
    const site = `${await siteOf(machine, index.port)}/simple`;
    await shell(machine, `homeroom config add environment.extra_indexes ${site}`);
    await shell(machine, "homeroom env add made-for-3-11 numpy");
    const pip = `PIP_EXTRA_INDEX_URL=${site} runuser -u jupyter-${admin} -- /opt/homeroom/environment/bin/pip`;
    await shell(machine, `${pip} install for-both`);
    const note = "/opt/homeroom/environment/lib/python3.11/site-packages/course_note.py";
    await shell(machine, `runuser -u jupyter-${admin} -- sh -c 'echo answer=42 >${note}'`);
    const { stdout: before } = await machine.exec(["readlink", "/opt/homeroom/environment"]);

    await shell(machine, "sed -i s/bookworm/trixie/g /etc/apt/sources.list");
    const options = "-o Dpkg::Options::=--force-confold --yes";
    const apt = `export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && apt-get -qq ${options} full-upgrade && apt-get -qq ${options} autoremove`;
    await machine.exec(["bash", "-c", apt], { timeoutMs: 30 * 60_000 });
    expect(await shell(machine, "readlink /usr/bin/python3")).toBe("python3.13\n");
    await machine.reboot();

    await hubAnswers(machine, 15 * 60_000);
    await expect
      .poll(() => shell(machine, "systemctl is-active homeroom-rebuild.service", [0, 3]), {
        timeout: 300_000,
        interval: 2000,
      })
      .toBe("inactive\n");
    expect(await shell(machine, "readlink /opt/homeroom/environment")).not.toBe(before);
    const teacher = new HubClient(`${machine.url}/`);
    await teacher.login(admin, adminPassword);
    await teacher.startServer(admin);
    expect(
      await teacher.run(
        admin,
        "import sys, numpy, for_both, course_note; sys.version_info[:2], for_both.version, course_note.answer, sys.prefix.split('/')[3]",
      ),
    ).toBe("((3, 13), '1.1', 42, 'environments')");
    const status = await shell(machine, "homeroom status", [0, 1, 2]);
    expect(status).toContain("lacks made-for-3-11: no build for Python 3.13");
    expect(await shell(machine, "homeroom apply --keep")).toContain("Nothing to do");
    await shell(machine, "homeroom env remove made-for-3-11");
    expect(await shell(machine, "homeroom status", [0, 1, 2])).not.toContain("no build");
  },
);
