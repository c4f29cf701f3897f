import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Host } from "../../../installer/host/host.ts";
import { createHost } from "../../../installer/host/local-host.ts";

const root = { uid: 0, gid: 0 };
let folder: string;
let host: Host;
let traced: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "homeroom-host-"));
  traced = [];
  host = createHost({ root: folder, trace: (line) => traced.push(line) });
  mkdirSync(join(folder, "etc"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const at = (path: string) => join(folder, path);
const modeOf = (path: string) => statSync(at(path)).mode & 0o7777;

describe("a file is written", () => {
  test("with its mode, whatever the umask, and nothing temporary stays", async () => {
    const umask = process.umask(0o077);
    await host.write("/etc/a", "one", { mode: 0o664, ...root });
    await host.write("/etc/a", Buffer.from("two"), { mode: 0o644, ...root });
    process.umask(umask);
    expect([readFileSync(at("/etc/a"), "utf8"), modeOf("/etc/a")]).toEqual(["two", 0o644]);
    expect(readdirSync(at("/etc"))).toEqual(["a"]);
  });

  test("in place of a link, never through it", async () => {
    writeFileSync(at("/victim"), "whole");
    symlinkSync(at("/victim"), at("/etc/a"));
    await host.write("/etc/a", "mine", { mode: 0o600, ...root });
    expect(readFileSync(at("/victim"), "utf8")).toBe("whole");
    expect(await host.stat("/etc/a")).toMatchObject({ kind: "file", mode: 0o600, size: 4 });
  });

  test("not at all where it cannot be whole: the old one stays, and nothing temporary", async () => {
    mkdirSync(at("/etc/a/b"), { recursive: true });
    await expect(host.write("/etc/a", "x", { mode: 0o600, ...root })).rejects.toThrow("EISDIR");
    await expect(host.write("/none/a", "x", { mode: 0o600, ...root })).rejects.toThrow("ENOENT");
    expect(readdirSync(at("/etc"))).toEqual(["a"]);
  });

  test("so that readers see the old or the new content, whole", async () => {
    const texts = ["a".repeat(200_000), "b".repeat(100_000)];
    await host.write("/etc/a", texts[0] ?? "", { mode: 0o600, ...root });
    const written = (async () => {
      for (let n = 1; n < 12; n += 1) {
        await host.write("/etc/a", texts[n % 2] ?? "", { mode: 0o600, ...root });
      }
    })();
    for (let n = 0; n < 100; n += 1) expect(texts).toContain((await host.read("/etc/a"))?.toString());
    await written;
  });
});

describe("a new file", () => {
  test("is made once: of many that try, one succeeds, and its content stays", async () => {
    const names = Array.from({ length: 20 }, (_, n) => `process ${n}`);
    const made = await Promise.all(
      names.map((name) => host.create("/etc/lock", name, { mode: 0o644, ...root })),
    );
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(readFileSync(at("/etc/lock"), "utf8")).toBe(names[made.indexOf(true)]);
    expect(readdirSync(at("/etc"))).toEqual(["lock"]);
  });

  test("is not made where a link to nothing has the name", async () => {
    symlinkSync("/nowhere", at("/etc/lock"));
    expect(await host.create("/etc/lock", "x", { mode: 0o644, ...root })).toBe(false);
  });
});

describe("reading", () => {
  test("finds nothing where nothing is, and below a file", async () => {
    writeFileSync(at("/etc/a"), "");
    for (const path of ["/none", "/etc/a/b"]) {
      expect(await host.read(path)).toBeUndefined();
      expect(await host.stat(path)).toBeUndefined();
      expect(await host.readLink(path)).toBeUndefined();
    }
    expect(await host.list("/none")).toEqual([]);
  });

  test("follows no link, waits for no pipe and takes no folder for a file", async () => {
    writeFileSync(at("/secret"), "secret");
    symlinkSync(at("/secret"), at("/etc/link"));
    execFileSync("mkfifo", [at("/etc/pipe")]);
    for (const path of ["/etc/link", "/etc/pipe", "/etc"]) expect(await host.read(path)).toBeUndefined();
    expect(await host.stat("/etc/link")).toMatchObject({ kind: "link" });
    expect(await host.stat("/etc/pipe")).toMatchObject({ kind: "other" });
    expect(await host.list("/etc")).toEqual(["link", "pipe"]);
  });

  test("of what may not be read is an error, not nothing", async () => {
    writeFileSync(at("/etc/a"), "");
    const other = createHost({ root: at("/etc/a".padEnd(300, "x")) });
    await expect(other.read("/x")).rejects.toThrow("ENAMETOOLONG");
  });
});

test("a process that only reads starts where it is told to", async () => {
  expect((await createHost().query(["pwd"], { cwd: "/usr" })).stdout).toBe("/usr\n");
});

describe("directories, links and the rest", () => {
  test("a directory gets its mode, made or there; a file in its place stays", async () => {
    await host.makeDirectory("/etc/d", { mode: 0o2775, ...root });
    expect(modeOf("/etc/d")).toBe(0o2775);
    chmodSync(at("/etc/d"), 0o777);
    await host.makeDirectory("/etc/d", { mode: 0o700, ...root });
    expect(modeOf("/etc/d")).toBe(0o700);
    writeFileSync(at("/etc/f"), "whole");
    await expect(host.makeDirectory("/etc/f", { mode: 0o700, ...root })).rejects.toThrow(
      "is not a directory",
    );
    symlinkSync(at("/etc/d"), at("/etc/l"));
    await expect(host.makeDirectory("/etc/l", { mode: 0o777, ...root })).rejects.toThrow(
      "is not a directory",
    );
    expect(modeOf("/etc/d")).toBe(0o700);
  });

  test("a link is replaced at once, and may point to nothing", async () => {
    await host.link("/etc/l", "one");
    await host.link("/etc/l", "two");
    expect([await host.readLink("/etc/l"), readdirSync(at("/etc"))]).toEqual(["two", ["l"]]);
  });

  test("removing takes links themselves, empty directories, and nothing twice", async () => {
    mkdirSync(at("/home/ada"), { recursive: true });
    writeFileSync(at("/home/ada/work"), "");
    symlinkSync(at("/home/ada"), at("/etc/l"));
    await host.remove("/etc/l");
    await host.remove("/etc/l");
    await expect(host.remove("/home/ada")).rejects.toThrow("ENOTEMPTY");
    symlinkSync(at("/home/ada"), at("/etc/into"));
    await host.removeTree("/etc");
    expect([existsSync(at("/etc")), existsSync(at("/home/ada/work"))]).toEqual([false, true]);
  });

  test("a renamed file replaces the other", async () => {
    writeFileSync(at("/etc/a"), "new");
    writeFileSync(at("/etc/b"), "old");
    await host.rename("/etc/a", "/etc/b");
    expect([readFileSync(at("/etc/b"), "utf8"), readdirSync(at("/etc"))]).toEqual(["new", ["b"]]);
  });

  test("lines are appended whole, to no link", async () => {
    await host.append("/etc/journal", "one", { mode: 0o600 });
    await host.append("/etc/journal", "two\n", { mode: 0o600 });
    expect([readFileSync(at("/etc/journal"), "utf8"), modeOf("/etc/journal")]).toEqual(["one\ntwo\n", 0o600]);
    symlinkSync(at("/etc/journal"), at("/etc/l"));
    await expect(host.append("/etc/l", "three", { mode: 0o600 })).rejects.toThrow("ELOOP");
  });

  test("the trace names every change, and holds no content", async () => {
    await host.write("/etc/a", "the secret", { mode: 0o600, ...root });
    await host.append("/etc/b", "the secret", { mode: 0o600 });
    await host.run(["cat"], { input: "the secret", env: { PASSWORD: "the secret" } });
    expect(traced).toEqual(["write /etc/a (mode 600)", "run cat"]);
  });

  test("processes of the system are looked at where they are, whatever the root is", async () => {
    expect((await host.read(`/proc/${process.pid}/stat`))?.length).toBeGreaterThan(50);
  });
});
