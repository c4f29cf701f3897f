import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createHost } from "../../../installer/host/local-host.ts";
import { find, up } from "../../../installer/sandbox/machine.ts";
import { silent } from "../../../installer/sandbox/progress.ts";

test("a name that is no host name is refused before anything is made", async () => {
  const root = await mkdtemp(join(tmpdir(), "sandbox-names-"));
  try {
    for (const name of ["", "../x", "a/b", "-a", "a-", "A", "a b", "1a", "a".repeat(33)]) {
      await expect(up({ name }, silent, createHost({ root }))).rejects.toThrow("can't be a machine's name");
    }
    expect(await readdir(root)).toEqual([]);
  } finally {
    await rm(root, { recursive: true });
  }
});

test("without a name the newest machine is meant", async () => {
  const root = await mkdtemp(join(tmpdir(), "sandbox-newest-"));
  try {
    const host = createHost({ root });
    await expect(find(undefined, host)).rejects.toThrow("There is no machine.");
    const record = { kind: "container", image: "trixie", memoryBytes: 1, cpus: 1, base: "b" };
    const network = { mode: "own", number: 1, prefix: "10.213" };
    for (const [name, createdMs] of [
      ["zoe", 1],
      ["ada", 3],
      ["max", 2],
    ] as const) {
      const directory = join(root, "var/lib/homeroom-sandbox/machines", name);
      await mkdir(directory, { recursive: true });
      const text = JSON.stringify({ ...record, network, name, createdMs });
      await host.write(`/var/lib/homeroom-sandbox/machines/${name}/machine.json`, text, {
        mode: 0o600,
        uid: 0,
        gid: 0,
      });
    }
    // A directory without a record is what a crash leaves between the two.
    await mkdir(join(root, "var/lib/homeroom-sandbox/machines/half"));
    expect((await find(undefined, host)).name).toBe("ada");
    expect((await find("max", host)).url).toBe("http://10.213.0.6");
    expect(await (await find("max", host)).state()).toBe("stopped");
    await expect((await find("max", host)).exec(["true"])).rejects.toThrow("is not running");
    await expect(find("nobody", host)).rejects.toThrow("There is no machine called nobody.");
    await expect(find("half", host)).rejects.toThrow("There is no machine called half.");
  } finally {
    await rm(root, { recursive: true });
  }
});
