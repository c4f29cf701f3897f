import { beforeEach, describe, expect, test } from "vitest";
import { fetchFolder, removeFetched, type FetchRequest } from "../../../installer/resources/fetch-folder.ts";
import { FakeHost } from "../../fake-host.ts";

const owner = { uid: 500, gid: 500 };
const options = { script: "/release/fetch_source.py", owner, signal: new AbortController().signal };
const key = "0123456789abcdef";
const good = { key, commit: null, names: ["requirements.txt"], texts: { "requirements.txt": "six\n" } };

let machine: FakeHost;
let answer: string;

beforeEach(() => {
  machine = new FakeHost();
  machine.putDirectory("/var/lib/homeroom");
  machine.programs["/usr/bin/python3"] = () => answer;
});

const fetched = (request: FetchRequest = { kind: "git", address: "https://host/course" }) =>
  fetchFolder(machine, request, options);

test("the account that builds fetches; a password goes by standard input and into no argument", async () => {
  answer = JSON.stringify(good);
  const request = { kind: "git", address: "https://host/course", credentials: "me:secret" } as const;
  expect(await fetched(request)).toEqual(good);
  expect(machine.ran).toEqual([
    ["/usr/bin/python3", "-I", "-S", options.script, "/var/lib/homeroom/sources"],
  ]);
  expect(machine.ranWith[0]).toMatchObject({ as: owner, input: JSON.stringify(request) });
  expect(await machine.stat("/var/lib/homeroom/sources")).toMatchObject({ uid: 500, mode: 0o700 });
});

test.each([
  ["no JSON", "hello"],
  ["a list", "[]"],
  ["a key that is a path", JSON.stringify({ ...good, key: "../../../etc" })],
  ["a commit that is none", JSON.stringify({ ...good, commit: "; rm -rf /" })],
  ["names that are none", JSON.stringify({ ...good, names: [1] })],
  ["texts that are none", JSON.stringify({ ...good, texts: { a: {} } })],
])("an answer of another form is not believed: %s", async (_, text) => {
  answer = text;
  await expect(fetched()).rejects.toThrow(
    "https://host/course could not be fetched: what was fetched cannot be read",
  );
});

test("what could move a terminal's cursor does not come into messages", async () => {
  answer = JSON.stringify({ ...good, texts: { "apt.txt": "a\u001b[2Jb\tc\r\nd\u009b" } });
  expect((await fetched()).texts).toEqual({ "apt.txt": "a?[2Jb\tc\r\nd?" });
});

describe("where it cannot be had", () => {
  beforeEach(() => {
    machine.programs["/usr/bin/python3"] = () => ({ exitCode: 1, stderr: answer });
  });

  test("the message names address and cause", async () => {
    answer = "the repository has no branch, tag or commit x";
    await expect(fetched()).rejects.toThrow(
      "https://host/course could not be fetched: the repository has no branch, tag or commit x",
    );
  });

  test("a folder that only some may read can be put elsewhere", async () => {
    answer = "/root/course may not be read by homeroom-env";
    await expect(fetched({ kind: "path", address: "/root/course" })).rejects.toMatchObject({
      remedy: expect.stringContaining("`sudo cp -r /root/course /srv/`") as string,
    });
  });
});

test("old copies go, as their owner; the one in use and fresh ones stay", async () => {
  machine.putDirectory("/var/lib/homeroom/sources");
  for (const name of ["aaaa", "bbbb"]) machine.putDirectory(`/var/lib/homeroom/sources/${name}`);
  machine.programs["rm"] = () => "";
  // The fake machine's files are made within the first second of 1970.
  await removeFetched(machine, owner, new Set(["aaaa"]), 60_000);
  expect(machine.ran).toEqual([]);
  await removeFetched(machine, owner, new Set(["aaaa"]));
  expect(machine.ran).toEqual([["rm", "-rf", "--one-file-system", "--", "/var/lib/homeroom/sources/bbbb"]]);
  expect(machine.ranWith[0]).toMatchObject({ as: owner });
});
