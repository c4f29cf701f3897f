import { expect, test } from "vitest";
import type { FolderPart } from "../../../installer/resources/folder-part.ts";
import { knownFolder, readKnownFolders, rememberFolder } from "../../../installer/resources/known-folders.ts";
import { FakeHost } from "../../fake-host.ts";

const folder = (source: string, key: string): FolderPart => ({
  source,
  address: `/srv/${source}`,
  revision: key,
  key,
  asks: key,
  requirements: [],
  apt: [],
  notDone: [],
});

test("the last three sources are known, each with what was last built of it", async () => {
  const machine = new FakeHost();
  machine.putDirectory("/var/lib/homeroom");
  expect(await readKnownFolders(machine)).toEqual([]);
  for (const [source, key] of [
    ["a", "1"],
    ["b", "2"],
    ["c", "3"],
    ["b", "4"],
    ["d", "5"],
  ] as const)
    await rememberFolder(machine, folder(source, key));
  expect((await readKnownFolders(machine)).map(({ source, key }) => source + key)).toEqual([
    "d5",
    "b4",
    "c3",
  ]);
  const before = machine.changes.length;
  await rememberFolder(machine, folder("d", "5"));
  expect(machine.changes.length).toBe(before);
});

test("one whose copy is gone is not known any more", async () => {
  const machine = new FakeHost();
  machine.putDirectory("/var/lib/homeroom");
  await rememberFolder(machine, folder("a", "1"));
  expect(await knownFolder(machine, "a")).toBeUndefined();
  machine.putDirectory("/var/lib/homeroom/sources/1");
  expect(await knownFolder(machine, "a")).toEqual(folder("a", "1"));
  expect(await knownFolder(machine, "b")).toBeUndefined();
});
