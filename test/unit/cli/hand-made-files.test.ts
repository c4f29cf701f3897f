import { expect, test } from "vitest";
import { readHubFragments } from "../../../installer/cli/read-hub-fragments.ts";
import { readFragmentStates } from "../../../installer/cli/fragment-states.ts";
import { FakeHost } from "../../fake-host.ts";

const folder = "/etc/homeroom/jupyterhub_config.d";
const copies = "/var/lib/homeroom/compiled/jupyterhub_config.d";

test("files of root are read by name; what editors leave does not count", async () => {
  const host = new FakeHost({
    [`${folder}/20-b.py`]: "b",
    [`${folder}/10-a.py`]: "a",
    [`${folder}/10-a.py~`]: "old",
    [`${folder}/.10-a.py.swp`]: "",
  });
  expect([...(await readHubFragments(host))]).toEqual([
    ["10-a.py", "a"],
    ["20-b.py", "b"],
  ]);
});

test("no folder, no fragments", async () => {
  expect(await readHubFragments(new FakeHost())).toEqual(new Map());
});

test.each([
  ["a file that others may write", { mode: 0o664 }],
  ["a file of somebody else", { uid: 1000 }],
])("%s is refused", async (_what, rights) => {
  const host = new FakeHost();
  host.put(`${folder}/a.py`, "a", rights);
  await expect(readHubFragments(host)).rejects.toMatchObject({
    message: `Not only root may change ${folder}/a.py, so nothing is run from it.`,
    remedy: expect.stringContaining(`sudo chown root: ${folder}/a.py && sudo chmod go-w`) as string,
    exitCode: 78,
  });
});

test.each([folder, "/etc/homeroom"])("so is one in a folder that others may write (%s)", async (open) => {
  const host = new FakeHost({ [`${folder}/a.py`]: "a" });
  host.putDirectory(open, { mode: 0o777 });
  await expect(readHubFragments(host)).rejects.toThrow(`Not only root may change ${open},`);
});

test("so is a folder that is a link, and a link that others could bend", async () => {
  const host = new FakeHost({ "/srv/own/a.py": "a" });
  host.putDirectory("/etc/homeroom");
  host.putLink(folder, "/srv/own");
  await expect(readHubFragments(host)).rejects.toThrow("is a link");
  const bent = new FakeHost({ "/home/x/a.py": "a" });
  bent.putDirectory(folder);
  bent.putDirectory("/home/x", { uid: 1000 });
  bent.putLink(`${folder}/a.py`, "/home/x/a.py");
  await expect(readHubFragments(bent)).rejects.toThrow("not only root may change /home/x");
});

test("what is no Python file is named", async () => {
  const host = new FakeHost({ [`${folder}/notes.txt`]: "" });
  await expect(readHubFragments(host)).rejects.toThrow("notes.txt");
});

test("status tells what waits for an apply", async () => {
  const host = new FakeHost({
    [`${folder}/a.py`]: "same",
    [`${folder}/b.py`]: "other",
    [`${folder}/c.py`]: "",
    [`${copies}/a.py`]: "same",
    [`${copies}/b.py`]: "one",
    [`${copies}/d.py`]: "",
  });
  expect((await readFragmentStates(host)).map(({ name, state }) => `${name} ${state}`)).toEqual([
    "a.py live",
    "b.py changed",
    "c.py new",
    "d.py removed",
  ]);
  host.put(`${folder}/a.py`, "same", { mode: 0o666 });
  expect((await readFragmentStates(host))[0]).toEqual({ name: "a.py", state: "refused" });
});
