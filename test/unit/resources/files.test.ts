import { beforeEach, describe, expect, test } from "vitest";
import { keepBlob, readBlob } from "../../../installer/resources/blobs.ts";
import { directory } from "../../../installer/resources/directory.ts";
import { file } from "../../../installer/resources/file.ts";
import { hashOf } from "../../../installer/resources/hash.ts";
import { link } from "../../../installer/resources/link.ts";
import type { ResourceKind } from "../../../installer/resources/resource.ts";
import { secret } from "../../../installer/resources/secret.ts";
import { sudoers } from "../../../installer/resources/sudoers.ts";
import { systemdUnit } from "../../../installer/resources/systemd-unit.ts";
import { FakeHost } from "../../fake-host.ts";

const progress = { report: () => undefined, signal: new AbortController().signal };
const rights = { mode: "0640", owner: "root", group: "hub" };

let machine: FakeHost;
beforeEach(() => {
  machine = new FakeHost({ "/etc/group": "root:x:0:\nhub:x:7:\n", "/etc/systemd/system/x": "" });
  machine.putDirectory("/var/lib/homeroom/blobs");
});

async function stateOf(text: string) {
  return { sha256: await keepBlob(machine, text), ...rights };
}

describe("a file", () => {
  test("is written from the store with its rights, and is what is read then", async () => {
    const state = await stateOf("text");
    await file.write(machine, "/etc/a", state, progress);
    expect(await file.read(machine, "/etc/a")).toEqual(state);
    expect(machine.manifest(["/var"])).toContain(`/etc/a file 640 0:7 ${hashOf("text").slice(0, 12)}`);
    await file.write(machine, "/etc/a", undefined, progress);
    expect(await file.read(machine, "/etc/a")).toBeUndefined();
  });

  test.each([
    ["its text", () => machine.put("/etc/a", "other", { mode: 0o640, gid: 7 })],
    ["its mode", () => machine.put("/etc/a", "text", { mode: 0o666, gid: 7 })],
    ["its group", () => machine.put("/etc/a", "text", { mode: 0o640 })],
    ["its owner", () => machine.put("/etc/a", "text", { mode: 0o640, gid: 7, uid: 99 })],
    ["what it is", () => machine.putLink("/etc/a", "/etc/b")],
  ])("differs by %s", async (_, change) => {
    const state = await stateOf("text");
    await file.write(machine, "/etc/a", state, progress);
    change();
    expect(await file.read(machine, "/etc/a")).not.toEqual(state);
  });

  test("is kept before it is replaced, so that it can be given back", async () => {
    machine.put("/etc/a", "of somebody", { mode: 0o600 });
    const before = await file.read(machine, "/etc/a");
    await file.preserve?.(machine, "/etc/a");
    await file.write(machine, "/etc/a", await stateOf("ours"), progress);
    await file.write(machine, "/etc/a", before, progress);
    expect(machine.text("/etc/a")).toBe("of somebody");
    expect((await machine.stat("/etc/a"))?.mode).toBe(0o600);
    await file.preserve?.(machine, "/etc/none");
  });

  test("is not written where its content is gone or damaged", async () => {
    const state = await stateOf("text");
    machine.put(`/var/lib/homeroom/blobs/${state.sha256}`, "damaged");
    await expect(file.write(machine, "/etc/a", state, progress)).rejects.toThrow("missing or damaged");
    expect(machine.text("/etc/a")).toBeUndefined();
  });
});

test("contents are kept once, for root alone", async () => {
  const hash = await keepBlob(machine, "text");
  expect(await keepBlob(machine, "text")).toBe(hash);
  expect(machine.changes).toEqual([`write /var/lib/homeroom/blobs/${hash}`]);
  expect((await machine.stat(`/var/lib/homeroom/blobs/${hash}`))?.mode).toBe(0o600);
  expect((await readBlob(machine, hash)).toString()).toBe("text");
});

describe("a unit file", () => {
  test("gets a folder where it is a drop-in, and takes it along", async () => {
    const id = "homeroom-hub.service.d/50-a.conf";
    const state = await stateOf("[Service]\n");
    await systemdUnit.write(machine, id, state, progress);
    expect(await systemdUnit.read(machine, id)).toEqual(state);
    machine.put("/etc/systemd/system/homeroom-hub.service.d/99-admin.conf", "");
    await systemdUnit.write(machine, id, undefined, progress);
    expect(await machine.list("/etc/systemd/system/homeroom-hub.service.d")).toEqual(["99-admin.conf"]);
    machine.take("/etc/systemd/system/homeroom-hub.service.d/99-admin.conf");
    await systemdUnit.write(machine, id, state, progress);
    await systemdUnit.write(machine, id, undefined, progress);
    expect(await machine.list("/etc/systemd/system")).toEqual(["x"]);
  });

  test("is never empty: that would mask the unit", async () => {
    const state = await stateOf("");
    await expect(systemdUnit.write(machine, "a.service", state, progress)).rejects.toThrow("masked");
    expect(await machine.list("/etc/systemd/system")).toEqual(["x"]);
  });
});

describe("sudoers", () => {
  const name = "/etc/sudoers.d/homeroom-admins";
  beforeEach(() => machine.putDirectory("/etc/sudoers.d"));

  const sudoersOf = async (text: string) => ({ ...(await stateOf(text)), mode: "0440", group: "root" });

  test("are checked by visudo before they are in force", async () => {
    machine.programs["visudo"] = () => "";
    const state = await sudoersOf("%admins ALL=(ALL) ALL\n");
    await sudoers.write(machine, "homeroom-admins", state, progress);
    expect(machine.changes.slice(1)).toEqual(["run visudo --check --quiet --file=-", `write ${name}`]);
    expect(machine.ranWith[0]?.input?.toString()).toBe("%admins ALL=(ALL) ALL\n");
    expect(await machine.stat(name)).toMatchObject({ mode: 0o440, uid: 0, gid: 0 });
    expect(await sudoers.read(machine, "homeroom-admins")).toEqual(state);
  });

  test("that visudo refuses are never in force, and the old ones stay", async () => {
    machine.put(name, "old", { mode: 0o440 });
    machine.programs["visudo"] = () => ({ exitCode: 1, stderr: "syntax error" });
    const state = await sudoersOf("nonsense");
    await expect(sudoers.write(machine, "homeroom-admins", state, progress)).rejects.toMatchObject({
      remedy: "It said: syntax error",
    });
    expect([machine.text(name), await machine.list("/etc/sudoers.d")]).toEqual(["old", ["homeroom-admins"]]);
  });

  test("that others can write are not as they should be, and can be given back", async () => {
    machine.programs["visudo"] = () => "";
    const state = await sudoersOf("old");
    machine.put(name, "old", { mode: 0o666 });
    const before = await sudoers.read(machine, "homeroom-admins");
    expect(before).not.toEqual(state);
    await sudoers.write(machine, "homeroom-admins", state, progress);
    await sudoers.write(machine, "homeroom-admins", before, progress);
    expect((await machine.stat(name))?.mode).toBe(0o666);
  });
});

describe("a secret", () => {
  const path = "/var/lib/homeroom/secrets/token";
  beforeEach(() => machine.putDirectory("/var/lib/homeroom/secrets"));

  test("is random, root's alone, and its state says nothing of it", async () => {
    const seen = new Set<string | undefined>();
    for (let n = 0; n < 20; n += 1) {
      await secret.write(machine, path, { bytes: 32 }, progress);
      seen.add(machine.text(path));
    }
    expect(seen.size).toBe(20);
    expect(machine.text(path)).toMatch(/^[0-9a-f]{64}$/);
    expect(await machine.stat(path)).toMatchObject({ mode: 0o600, uid: 0, gid: 0 });
    expect(await secret.read(machine, path)).toEqual({ bytes: 32 });
  });

  test.each([
    ["others can read it", () => machine.put(path, "0".repeat(64), { mode: 0o640 })],
    ["another owns it", () => machine.put(path, "0".repeat(64), { mode: 0o600, uid: 5 })],
    ["it is a link", () => machine.putLink(path, "/etc/passwd")],
    ["it is empty", () => machine.put(path, "", { mode: 0o600 })],
  ])("is made anew where %s", async (_, spoil) => {
    spoil();
    expect(await secret.read(machine, path)).not.toEqual({ bytes: 32 });
  });
});

describe("directories and links", () => {
  test("a directory is made, put right, and removed only where it is empty", async () => {
    const state = { mode: "2775", owner: "root", group: "hub" };
    await directory.write(machine, "/etc/d", state, progress);
    expect(await directory.read(machine, "/etc/d")).toEqual(state);
    machine.put("/etc/d/of-somebody", "");
    await directory.write(machine, "/etc/d", undefined, progress);
    expect(await directory.read(machine, "/etc/d")).toEqual(state);
    machine.take("/etc/d/of-somebody");
    await directory.write(machine, "/etc/d", undefined, progress);
    expect(await directory.read(machine, "/etc/d")).toBeUndefined();
  });

  test("a link points where it should, or is no link", async () => {
    await link.write(machine, "/etc/l", { target: "/one" }, progress);
    await link.write(machine, "/etc/l", { target: "/two" }, progress);
    expect(await link.read(machine, "/etc/l")).toEqual({ target: "/two" });
    await link.write(machine, "/etc/l", undefined, progress);
    expect(await link.read(machine, "/etc/l")).toBeUndefined();
  });
});

describe("where something else stands", () => {
  const ours = {
    file: { kind: file, id: "/etc/x", path: "/etc/x" },
    "systemd-unit": { kind: systemdUnit, id: "y.service", path: "/etc/systemd/system/y.service" },
    sudoers: { kind: sudoers, id: "x", path: "/etc/sudoers.d/x" },
    directory: { kind: directory, id: "/etc/x", path: "/etc/x" },
    link: { kind: link, id: "/etc/x", path: "/etc/x" },
  };
  const places = {
    link: (path: string) => machine.putLink(path, "/dev/null"),
    file: (path: string) => machine.put(path, "of somebody"),
    directory: (path: string) => machine.put(`${path}/of-somebody`, ""),
  };

  test.each([
    ["file", "link", "replaced"],
    ["systemd-unit", "link", "replaced"],
    ["sudoers", "link", "replaced"],
    ["file", "directory", "refused"],
    ["systemd-unit", "directory", "refused"],
    ["sudoers", "directory", "refused"],
    ["directory", "link", "refused"],
    ["directory", "file", "refused"],
    ["link", "file", "refused"],
    ["link", "directory", "refused"],
  ] as const)("a %s of ours finds a %s: it is seen, %s, and given back", async (name, what, outcome) => {
    machine.programs["visudo"] = () => "";
    machine.putDirectory("/etc/sudoers.d");
    const { id, path } = ours[name];
    const kind = ours[name].kind as ResourceKind<unknown>;
    const wanted =
      name === "link" ? { target: "/one" } : name === "directory" ? rights : await stateOf("text");
    places[what](path);
    const there = machine.manifest();

    const before = await kind.read(machine, id);
    expect(before).toMatchObject({ instead: what });
    const refusal = await kind.write(machine, id, wanted, progress).then(
      () => undefined,
      (error: Error) => error.message,
    );
    const expected = {
      replaced: { refusal: undefined, is: wanted },
      refused: {
        refusal: expect.stringContaining(`${path} is a ${what}; Homeroom keeps a`) as string,
        is: before,
      },
    };
    expect({ refusal, is: await kind.read(machine, id) }).toEqual(expected[outcome]);
    await kind.write(machine, id, before, progress);
    expect(machine.manifest()).toEqual(there);
  });

  test("a directory or link of ours that somebody replaced is not removed", async () => {
    places.link("/etc/d");
    places.file("/etc/l");
    await directory.write(machine, "/etc/d", undefined, progress);
    await link.write(machine, "/etc/l", undefined, progress);
    expect(machine.changes).toEqual([]);
  });
});
