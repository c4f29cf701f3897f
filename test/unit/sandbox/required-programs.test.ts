import { describe, expect, test } from "vitest";
import { installPrograms, missingPrograms } from "../../../installer/sandbox/required-programs.ts";
import { silent } from "../../../installer/sandbox/progress.ts";
import { fakeHost } from "./fake-host.ts";

const asked = (program: string) => `/bin/sh -c command -v "$1" >/dev/null sh ${program}`;
const absent = { exitCode: 127 };
const debian12 = {
  "/usr/share/keyrings/debian-archive-keyring.gpg": "",
  "/usr/lib/os-release": "ID=debian\nVERSION_CODENAME=bookworm\n",
};

describe("programs for making machines", () => {
  test("nothing to install where all are there", async () => {
    const host = fakeHost(debian12, { "qemu-system-x86_64": "QEMU emulator version 10.0.2 (Debian)\n" });
    expect(await missingPrograms(host, "container")).toEqual({ packages: [], commands: [] });
    expect(await missingPrograms(host, "vm")).toEqual({ packages: [], commands: [] });
  });

  test("the packages of those that are missing, and the lines to type", async () => {
    const host = fakeHost({}, { [asked("systemd-nspawn")]: absent, [asked("mmdebstrap")]: absent });
    expect(await missingPrograms(host, "container")).toEqual({
      packages: ["debian-archive-keyring", "mmdebstrap", "systemd-container"],
      commands: [
        "apt-get update",
        "apt-get install --yes --no-install-recommends debian-archive-keyring mmdebstrap systemd-container",
      ],
    });
  });

  test("Debian 12's own QEMU counts as missing, and comes from backports", async () => {
    const host = fakeHost(debian12, { "qemu-system-x86_64": "QEMU emulator version 7.2.15\n" });
    const { packages, commands } = await missingPrograms(host, "vm");
    expect(packages).toEqual(["qemu-system-x86"]);
    expect(commands[0]).toMatch(/^echo 'deb .* bookworm-backports main' >\/etc\/apt\/sources\.list\.d\//);
    expect(commands[2]).toContain("--target-release bookworm-backports qemu-system-x86");
    await installPrograms(host, { packages, commands }, silent);
    expect(host.ran.slice(-3)).toEqual(commands.map((command) => ["/bin/sh", "-ec", command]));
  });
});
