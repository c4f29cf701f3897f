import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sweepDue } from "../../../installer/cli/users/sweep.ts";
import { commitGeneration } from "../../../installer/generations/generations.ts";
import { account } from "../../../installer/resources/account.ts";
import {
  closedAccount,
  readTombstone,
  tombstonesFolder,
} from "../../../installer/resources/closed-account.ts";
import { FakeHost } from "../../fake-host.ts";
import { accountPrograms, FakeSystemd, homePrograms } from "../../fake-programs.ts";

const ada = "jupyter-ada";
const home = `/home/${ada}`;
const progress = { report: () => undefined, signal: new AbortController().signal };
const day = 86_400_000;

let machine: FakeHost;
/** What find(1) says changed in the home. */
let changed: string;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-01-01T00:00:00Z") });
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  changed = "";
  machine = new FakeHost(
    {
      "/etc/shadow": "",
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\nhomeroom-hub:x:900:900::/:/bin/false\n",
      "/etc/group": "root:x:0:\nhomeroom-hub:x:900:\n",
      "/etc/skel/.bashrc": "",
    },
    { ...accountPrograms, ...homePrograms, find: () => changed },
  );
  for (const folder of ["accounts", "tombstones", "bans", "compiled"])
    machine.putDirectory(`/var/lib/homeroom/${folder}`);
  machine.putDirectory("/home");
  void new FakeSystemd(machine);
  const made = { version: 1 as const, number: 1, created: "", release: "1", task: "", who: "", config: "" };
  const config = "users: { keep_homes: 30 }\n";
  await commitGeneration(machine, { ...made, resources: [] }, { config, roster: undefined });
  await account.write(machine, ada, { name: "ada", home, shell: "/bin/bash" }, progress);
  await closedAccount.write(machine, ada, { why: "removed" }, progress);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const later = (days: number) => vi.setSystemTime(Date.now() + days * day);
const did = async () => (await sweepDue(machine)).map((each) => each.did);

test("nothing is done before the time is over, then the log is told, and a night later the home is deleted", async () => {
  later(29.9);
  expect(await did()).toEqual([]);
  later(0.2);
  expect(await did()).toEqual(["announced"]);
  expect(await did()).toEqual(["announced"]);
  expect(machine.names("/home")).toEqual([ada]);
  later(1);
  expect(await did()).toEqual(["deleted"]);
  expect(machine.names("/home")).toEqual([]);
  expect(machine.text("/etc/passwd")).not.toContain(ada);
  // Nobody ever gets the number, a namesake neither, and the hub forgets password and history.
  for (const name of [ada, "jupyter-bob"])
    await account.write(machine, name, { name, home: `/home/${name}`, shell: "/bin/bash" }, progress);
  expect(
    [...(machine.text("/etc/passwd") ?? "").matchAll(/^jupyter-\w+:x:(\d+)/gm)].map(([, uid]) => uid),
  ).toEqual(["1001", "1002"]);
  expect(JSON.parse(machine.text("/var/lib/homeroom/compiled/notices.json") ?? "")).toMatchObject({
    ada: { forget: true },
  });
  expect(await did()).toEqual([]);
});

test("a machine whose clock goes back deletes nothing", async () => {
  later(31);
  await sweepDue(machine);
  later(-40);
  expect(await did()).toEqual([]);
});

describe("a home stays", () => {
  beforeEach(async () => {
    later(31);
    await sweepDue(machine);
    later(1);
  });

  test("where something in it has changed", async () => {
    changed = `${home}/work.txt\n`;
    expect(await sweepDue(machine)).toMatchObject([
      { did: "kept", reason: `${home}/work.txt changed after the removal` },
    ]);
    expect(machine.names("/home")).toEqual([ada]);
  });

  test("where the account is in use again, by whatever hand", async () => {
    machine.programs["usermod"]?.(["--expiredate", "", "--", ada], machine, {});
    expect(await sweepDue(machine)).toMatchObject([{ did: "kept", reason: "the account is in use again" }]);
  });

  test("where somebody else owns it, or a link is in its place", async () => {
    machine.putDirectory(home, { uid: 0 });
    expect(await sweepDue(machine)).toMatchObject([{ did: "kept", reason: "it belongs to somebody else" }]);
    machine.take(home);
    machine.putLink(home, "/etc");
    expect(await sweepDue(machine)).toMatchObject([{ did: "kept", reason: "it is no directory" }]);
    expect(machine.ran.filter(([program]) => program === "rm" || program === "userdel")).toEqual([
      ["rm", "-rf", "--one-file-system", "--", `/home/.${ada}.homeroom-new`],
    ]);
  });

  test("where deleting was cut off, the rest goes the next night", async () => {
    machine.programs["userdel"] = () => ({ exitCode: 8 });
    await expect(sweepDue(machine)).rejects.toThrow("userdel");
    expect(await readTombstone(machine, ada)).toBeDefined();
    machine.programs["userdel"] = accountPrograms["userdel"] ?? (() => "");
    expect(await did()).toEqual(["deleted"]);
    expect(machine.names(tombstonesFolder)).toEqual([]);
  });
});
