import { expect, test } from "vitest";
import { ensureImage } from "../../../installer/sandbox/image.ts";
import { silent } from "../../../installer/sandbox/progress.ts";
import { fakeHost } from "./fake-host.ts";

test("an image is named after all that it is made of, and made in namespaces of its own under a lock", async () => {
  const host = fakeHost({});
  const names = [
    await ensureImage(host, "container", "bookworm", silent),
    await ensureImage(host, "container", "trixie", silent),
    await ensureImage(host, "vm", "trixie", silent),
  ];
  expect(names[0]).toMatch(/^bookworm-container-[0-9a-f]{16}$/);
  expect(new Set(names.map((name) => name.slice(-16))).size).toBe(3);
  const build = host.ran.find(([program]) => program === "unshare") ?? [];
  const path = `/var/lib/homeroom-sandbox/images/${names[0]}`;
  expect(build.slice(0, 9)).toEqual([
    "unshare",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child=KILL",
    "--mount-proc",
    "--propagation=private",
    "flock",
    `${path}.lock`,
  ]);
  expect(build.slice(12, 15)).toEqual(["build", path, "bookworm"]);
});

test("a bare server has nothing that Homeroom has to bring itself", async () => {
  const host = fakeHost({});
  await ensureImage(host, "container", "trixie", silent);
  const packages = host.ran.flat().find((word) => word.startsWith("systemd,")) ?? "";
  expect(packages.split(",")).not.toEqual([]);
  for (const name of ["git", "polkitd", "python3-venv", "nodejs", "npm", "python3-pip"]) {
    expect(packages.split(",")).not.toContain(name);
  }
});

test("an image that is there is not made again", async () => {
  const first = fakeHost({});
  const name = await ensureImage(first, "container", "trixie", silent);
  const second = fakeHost({ [`/var/lib/homeroom-sandbox/images/${name}`]: "" });
  expect(await ensureImage(second, "container", "trixie", silent)).toBe(name);
  expect(second.ran).toEqual([]);
});
