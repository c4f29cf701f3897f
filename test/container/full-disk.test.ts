import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

/**
 * What homeroom-room.service runs, on file systems of the test's own: a container's disk is another machine's, so there
 * the service does nothing. The kernel is the real one.
 */
const scripts = join(import.meta.dirname, "../../templates/disk");
const run = promisify(execFile);
/** Any group will do whose members are none of the students'. */
const group = "daemon";
const number = 1;
const student = ["--reuid=4711", "--regid=4711"];
const hub = ["--reuid=4712", "--regid=4712"];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "full-disk-"));
  await chmod(folder, 0o711);
});
afterEach(async () => {
  await run("umount", ["--quiet", join(folder, "disk")]).catch(() => undefined);
  await rm(folder, { recursive: true });
});

/** Mounts something at `disk`, where everybody may write. */
async function mount(...args: readonly string[]): Promise<string> {
  const disk = join(folder, "disk");
  await mkdir(disk);
  await run("mount", [...args, disk]);
  await run("chmod", ["1777", disk]);
  return disk;
}

/** Whether an account could write a mebibyte. */
async function canWrite(disk: string, who: readonly string[]): Promise<boolean> {
  const argv = ["dd", "if=/dev/zero", `of=${disk}/${crypto.randomUUID()}`, "bs=1M", "count=1", "conv=fsync"];
  return run("setpriv", [...who, ...argv]).then(
    () => true,
    () => false,
  );
}

test("on a disk that a student has filled the hub can still write, and the student cannot", async () => {
  const image = join(folder, "image");
  await run("truncate", ["--size=64M", image]);
  await run("mkfs.ext4", ["-q", image]);
  const disk = await mount("-o", "loop,noatime", image);
  for (const size of ["1M", "4k", "1k"]) {
    const fill = ["dd", "if=/dev/zero", `of=${disk}/full-${size}`, `bs=${size}`, "conv=fsync"];
    await expect(run("setpriv", [...student, "--clear-groups", ...fill])).rejects.toThrow("No space left");
  }
  const asHub = [...hub, `--groups=${number}`];
  expect(await canWrite(disk, asHub)).toBe(false);
  await run("sh", [join(scripts, "share-reserve"), disk, group]);
  expect(await canWrite(disk, asHub)).toBe(true);
  expect(await canWrite(disk, [...student, "--clear-groups"])).toBe(false);
  // Again, as after a restart of the hub; what was mounted how stays so.
  await run("sh", [join(scripts, "share-reserve"), disk, group]);
  const { stdout } = await run("findmnt", ["--noheadings", "--output", "OPTIONS", "--mountpoint", disk]);
  expect(stdout.trim().split(",").toSorted()).toEqual(["noatime", `resgid=${number}`, "rw"]);
});

test("a disk that is read-only stays so, and one that keeps nothing back is left alone", async () => {
  const image = join(folder, "image");
  await run("truncate", ["--size=64M", image]);
  await run("mkfs.ext4", ["-q", image]);
  const options = async (disk: string) =>
    (await run("findmnt", ["--noheadings", "--output", "OPTIONS", "--mountpoint", disk])).stdout.trim();
  const disk = await mount("-o", "loop", image);
  await run("mount", ["-o", "remount,ro", disk]);
  const before = await options(disk);
  expect(before).toMatch(/^ro,/);
  await run("sh", [join(scripts, "share-reserve"), disk, group]);
  expect(await options(disk)).toBe(before);
  await run("umount", [disk]);
  await run("mount", ["-t", "tmpfs", "tmpfs", disk]);
  const kept = await options(disk);
  await run("sh", [join(scripts, "share-reserve"), disk, group]);
  expect(await options(disk)).toBe(kept);
});

test("a file system in memory may grow as large as memory, and one on a disk is left alone", async () => {
  const disk = await mount("-t", "tmpfs", "-o", "size=1M,nr_inodes=100", "tmpfs");
  await run("sh", [join(scripts, "lift-caps"), disk, "/"]);
  const { stdout } = await run("df", ["--output=size,itotal", "--block-size=1M", disk]);
  const [size, inodes] = stdout.trim().split("\n")[1]?.trim().split(/\s+/).map(Number) ?? [];
  expect(size).toBeGreaterThan(500);
  expect(inodes).toBe(0);
});
