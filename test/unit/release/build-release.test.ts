import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { belongsInRelease, buildRelease } from "../../../scripts/release/build-release.ts";
import { bundle } from "../../../scripts/release/bundle.ts";
import { filesUnder, integrityOf, type ReleaseManifest } from "../../../scripts/release/manifest.ts";
import { packRelease } from "../../../scripts/release/pack-release.ts";

const root = join(import.meta.dirname, "../../..");
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "homeroom-release-"));
  const programs = [{ name: "bundled-program", entry: join(import.meta.dirname, "bundled-program.ts") }];
  await buildRelease({ root, directory: join(directory, "release"), programs });
});
afterAll(() => rm(directory, { recursive: true }));

test("bundles run alone, CommonJS and parts that are loaded on demand included", () => {
  const said = execFileSync(process.execPath, [join(directory, "release/dist/bundled-program.mjs")], {
    cwd: "/",
    encoding: "utf8",
  });
  expect(JSON.parse(said)).toEqual([true, 1]);
});

test("a package that is loaded on demand by itself is refused", async () => {
  const programs = [{ name: "mistake", entry: join(import.meta.dirname, "bundled-mistake.ts") }];
  await expect(bundle(programs, join(directory, "mistake"), root)).rejects.toThrow("a module of ours");
});

test("what fetches releases is one file, which needs nothing beside it", () => {
  const program = join(directory, "release/dist/fetch-packages.py");
  const lock = join(root, "package-lock.json");
  const said = execFileSync("python3", ["-I", program, "locked", lock, "yaml"], { encoding: "utf8" });
  expect(said).toMatch(/^2\.\d+\.\d+ sha512-/);
});

test("the manifest names every file with its hash", async () => {
  const release = join(directory, "release");
  const manifest = JSON.parse(await readFile(join(release, "manifest.json"), "utf8")) as ReleaseManifest;
  const files = (await filesUnder(release)).filter((path) => path !== "manifest.json");
  expect(Object.keys(manifest.files)).toEqual(files);
  for (const path of files)
    expect(manifest.files[path]).toBe(integrityOf(await readFile(join(release, path))));
  expect(files).toEqual(
    expect.arrayContaining(["LICENSE", "config/schema.json", "templates/units/homeroom.slice"]),
  );
  expect(files.filter((path) => path.endsWith(".ts"))).toEqual([]);
});

test("the licences of what was bundled go along", async () => {
  const text = await readFile(join(directory, "release/THIRD-PARTY-LICENSES.txt"), "utf8");
  expect(text).toMatch(/^ajv 8\.\d+\.\d+ \(MIT\)$/m);
  expect(text).toContain("Permission to use, copy, modify, and/or distribute this software");
  expect(text).not.toMatch(/^commander /m);
});

test("packs the same content into the same bytes, without dependencies to install", async () => {
  const release = join(directory, "release");
  expect(integrityOf(await packRelease(release))).toBe(integrityOf(await packRelease(release)));
  const about = JSON.parse(await readFile(join(release, "package.json"), "utf8")) as Record<string, unknown>;
  expect(about).not.toHaveProperty("dependencies");
  expect(about).not.toHaveProperty("private");
  expect(about).toMatchObject({
    name: "homeroom",
    homeroom: { node: { version: expect.stringMatching(/^\d+\./) as string } },
  });
});

test.each([
  ["templates/hub/spawner.py", true],
  ["templates/hub/tests", false],
  ["templates/hub/test_spawner.py", false],
  ["templates/hub/__pycache__", false],
  ["templates/proxy/homeroom-proxy.ts", false],
  ["templates/progress/page.html", true],
])("%s belongs into a release: %s", (path, belongs) => {
  expect(belongsInRelease(path)).toBe(belongs);
});
