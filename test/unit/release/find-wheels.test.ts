import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findWheels, type IndexFile } from "../../../scripts/release/find-wheels.ts";
import { readLock } from "../../../scripts/release/read-lock.ts";
import { wheelFits } from "../../../scripts/release/wheel-fits.ts";

const bookworm = { python: "3.11.2", arch: "x86_64", glibc: 36 } as const;

describe("which wheels fit", () => {
  test.each([
    ["a-1-py3-none-any.whl", 1],
    ["a-1-py2.py3-none-any.whl", 1],
    ["a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", 3],
    ["a-1-cp39-abi3-manylinux_2_28_x86_64.whl", 2],
    ["a-1-py3-none-manylinux2014_x86_64.whl", 1],
    ["a-1-1-py3-none-any.whl", 1],
    ["a-1-cp312-abi3-manylinux_2_28_x86_64.whl", 0],
    ["a-1-cp312-cp312-manylinux_2_17_x86_64.whl", 0],
    ["a-1-cp311-cp311-manylinux_2_17_aarch64.whl", 0],
    ["a-1-cp311-cp311-musllinux_1_2_x86_64.whl", 0],
    ["a-1-cp311-cp311-manylinux_2_39_x86_64.whl", 0],
    ["a-1-cp311-cp311-win_amd64.whl", 0],
    ["a-1-pp311-pypy311_pp73-manylinux_2_17_x86_64.whl", 0],
    ["a-1-cp313-cp313t-manylinux_2_17_x86_64.whl", 0],
    ["a-1.tar.gz", 0],
  ])("%s: %i", (filename, fit) => {
    expect(wheelFits(filename, bookworm)).toBe(fit);
  });
});

describe("locks", () => {
  test("every requirement of our own locks is read, with hashes", () => {
    for (const name of ["hub.txt", "environment.txt"]) {
      const text = readFileSync(join(import.meta.dirname, "../../../templates/locks", name), "utf8");
      const lock = readLock(text);
      expect(lock).toHaveLength(text.match(/^\S+==/gm)?.length ?? 0);
      expect(lock.every(({ sha256 }) => sha256.length > 0)).toBe(true);
      expect(lock.flatMap(({ sha256 }) => sha256)).toHaveLength(text.match(/--hash=/g)?.length ?? 0);
    }
  });

  test("a requirement without a fixed version is refused", () => {
    expect(() => readLock("jupyterhub>=6\n")).toThrow("not a locked requirement");
  });
});

describe("the wheels of a lock", () => {
  const hash = (digit: string) => digit.repeat(64);
  const file = (filename: string, digit: string): IndexFile => ({
    filename,
    url: `https://x/${filename}`,
    sha256: hash(digit),
  });
  const lock = readLock(`a==1 \\
    --hash=sha256:${hash("1")} \\
    --hash=sha256:${hash("2")} \\
    --hash=sha256:${hash("3")}
    # via b
only-windows==1 ; sys_platform == 'win32' --hash=sha256:${hash("4")}
`);
  const index: Record<string, IndexFile[]> = {
    a: [
      file("a-1-py3-none-any.whl", "1"),
      file("a-1-cp311-cp311-manylinux_2_17_x86_64.whl", "2"),
      file("a-1-cp312-cp312-manylinux_2_17_x86_64.whl", "9"),
    ],
  };
  const list = async (name: string) => {
    const files = index[name];
    if (files === undefined) throw new Error(`asked for ${name}`);
    return files;
  };

  test("the closest for each Python, only those that the lock allows, nothing for other systems", async () => {
    const wheels = await findWheels(lock, [bookworm, { ...bookworm, python: "3.12.3" }], list);
    expect(wheels.map(({ filename }) => filename)).toEqual([
      "a-1-cp311-cp311-manylinux_2_17_x86_64.whl",
      "a-1-py3-none-any.whl",
    ]);
  });

  test("a package without a wheel that fits is named", async () => {
    const source = async () => [file("a-1.tar.gz", "3"), file("a-1-cp39-cp39-manylinux1_x86_64.whl", "1")];
    await expect(findWheels(lock, [bookworm], source)).rejects.toThrow(
      "a 1 has no wheel for Python 3.11.2 on x86_64",
    );
  });
});
