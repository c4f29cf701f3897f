import { beforeEach, expect, test } from "vitest";
import { folderFor } from "../../../../installer/cli/env/folder.ts";
import { HomeroomError } from "../../../../installer/errors.ts";
import type { FolderPart } from "../../../../installer/resources/folder-part.ts";
import { rememberFolder } from "../../../../installer/resources/known-folders.ts";
import { FakeHost } from "../../../fake-host.ts";
import { configFrom } from "../../config/config-from.ts";
import { treeRelease } from "../../desired/tree-release.ts";

const environment = "/opt/homeroom/environments/abc";
const config = configFrom("environment: { from: https://me:secret@host/course }\n");
const options = { readRelease: () => Promise.resolve(treeRelease()) };

let machine: FakeHost;
let answer: { key: string; commit: string | null; names: string[]; texts: Record<string, string> };

beforeEach(() => {
  machine = new FakeHost({
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\nhomeroom-env:x:500:500::/nonexistent:/bin/false\n",
    "/etc/group": "root:x:0:\nhomeroom-env:x:500:\n",
    "/var/lib/homeroom/generations/000001/manifest.json": '{"number":1}',
  });
  machine.putLink("/var/lib/homeroom/generations/current", "000001");
  machine.putLink("/usr/bin/python3", "python3.11");
  machine.putDirectory("/var/cache/homeroom");
  answer = {
    key: "0123456789abcdef",
    commit: "0123456789012345678901234567890123456789",
    names: ["requirements.txt"],
    texts: { "requirements.txt": "six\n" },
  };
  machine.programs["/usr/bin/python3"] = () => JSON.stringify(answer);
});

const get = (changes = {}) => folderFor(machine, config, { ...options, ...changes });

function builtFor(folder: FolderPart | undefined): void {
  machine.putLink("/opt/homeroom/environment", environment);
  machine.put(
    "/var/lib/homeroom/environments/opt-homeroom-environments-abc.json",
    JSON.stringify({ folder }),
  );
}

test("is read as data; nothing of it, nor of what people see, holds the password", async () => {
  const folder = await get();
  expect(folder).toMatchObject({
    address: "https://host/course",
    revision: answer.commit,
    key: answer.key,
    requirements: [{ text: "six", file: "requirements.txt" }],
  });
  expect(JSON.stringify(folder)).not.toContain("secret");
  expect(machine.ran.flat().join(" ")).not.toContain("secret");
});

test("is fetched once, until somebody wants it anew; nothing else is read where it is there", async () => {
  builtFor(await get());
  const before = machine.ran.length;
  expect(await get()).toMatchObject({ key: answer.key });
  expect(machine.ran.length).toBe(before);
  answer = { ...answer, texts: { "requirements.txt": "idna\n" } };
  expect(await get({ anew: true })).toMatchObject({ requirements: [{ text: "idna" }] });
});

test.each([
  ["another notebook, where only names count", ["requirements.txt", "a.ipynb"], true],
  ["another notebook beside a postBuild", ["requirements.txt", "postBuild", "a.ipynb"], false],
])("%s: asks for the same is %s", async (_, names, same) => {
  const [first] = [await get({ anew: true }), (answer = { ...answer, names: [...names] })];
  const second = await get({ anew: true });
  answer = { ...answer, key: "fedcba9876543210", commit: null };
  const third = await get({ anew: true });
  expect(third?.asks === second?.asks).toBe(same);
  expect(first?.asks === second?.asks).toBe(same);
});

test("before the first generation nobody is there to fetch it", async () => {
  await machine.remove("/var/lib/homeroom/generations/current");
  expect(await get()).toBeUndefined();
  expect(machine.ran).toEqual([]);
});

test("one that says nothing is refused, with what was found instead", async () => {
  answer = { ...answer, names: ["Project.toml"], texts: {} };
  const error: unknown = await get().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HomeroomError);
  expect(error).toMatchObject({
    message: "https://host/course holds nothing that says what to install.",
    remedy: expect.stringContaining("Project.toml: Julia is not installed") as string,
  });
});

test("one that cannot be reached is what was fetched of it before, but not where it is wanted anew", async () => {
  const before = await get();
  machine.putDirectory(`/var/lib/homeroom/sources/${answer.key}`);
  if (before !== undefined) await rememberFolder(machine, before);
  machine.programs["/usr/bin/python3"] = () => ({ exitCode: 1, stderr: "git says: no route to host" });
  expect(await get()).toEqual(before);
  await expect(get({ anew: true })).rejects.toThrow(
    "https://host/course could not be fetched: git says: no route",
  );
});

test("one that cannot be read is named, whatever was fetched before", async () => {
  const before = await get();
  machine.putDirectory(`/var/lib/homeroom/sources/${answer.key}`);
  if (before !== undefined) await rememberFolder(machine, before);
  answer = { ...answer, texts: { "requirements.txt": "import numpy\n" } };
  await expect(get()).rejects.toThrow("requirements.txt: `import numpy` does not name a package.");
});
