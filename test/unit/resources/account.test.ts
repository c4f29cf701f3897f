import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { account, openAccountsFolder } from "../../../installer/resources/account.ts";
import { readAccounts } from "../../../installer/resources/accounts-file.ts";
import {
  bansFolder,
  closedAccount,
  readTombstone,
  tombstonesFolder,
} from "../../../installer/resources/closed-account.ts";
import { readKnownAccounts } from "../../../installer/resources/known-accounts.ts";
import { membership } from "../../../installer/resources/membership.ts";
import { FakeHost } from "../../fake-host.ts";
import { accountPrograms, FakeSystemd, homePrograms } from "../../fake-programs.ts";

const progress = { report: () => undefined, signal: new AbortController().signal };
const home = { home: "/home/jupyter-ada", shell: "/bin/bash" };
const ada = "jupyter-ada";
const server = "homeroom-user@ada.service";

let machine: FakeHost;
let systemd: FakeSystemd;
beforeEach(() => {
  machine = new FakeHost(
    { "/etc/shadow": "", "/etc/skel/.bashrc": "# bash" },
    { ...accountPrograms, ...homePrograms },
  );
  machine.putDirectory("/home");
  machine.putDirectory(openAccountsFolder, { mode: 0o700 });
  machine.putDirectory(tombstonesFolder, { mode: 0o700 });
  machine.putDirectory(bansFolder, { mode: 0o700 });
  systemd = new FakeSystemd(machine);
});

const uidOf = async (name: string) => (await readAccounts(machine)).users.get(name)?.uid;
const make = (id: string) =>
  account.write(machine, id, { ...home, name: id.slice("jupyter-".length), home: `/home/${id}` }, progress);

describe("a person's account", () => {
  test("is made with a number on record, a home that is closed to others, and systemd's leave", async () => {
    machine.put("/srv/class/lesson.ipynb", "{}");
    await account.write(machine, ada, { ...home, skel: ["/srv/class"] }, progress);
    expect(machine.ran.filter(([program]) => program === "useradd")).toEqual([
      "useradd|--badname|--no-create-home|--user-group|--uid|1000|--home-dir|/home/jupyter-ada|--shell|/bin/bash|--|jupyter-ada".split(
        "|",
      ),
    ]);
    expect(machine.text("/var/lib/homeroom/uids")).toBe("jupyter-ada 1000\n");
    expect(await machine.stat("/home/jupyter-ada")).toMatchObject({ mode: 0o700, uid: 1000, gid: 1000 });
    expect(machine.names("/home/jupyter-ada")).toEqual([".bashrc", "lesson.ipynb"]);
    expect(machine.names(openAccountsFolder)).toEqual([ada]);
    expect(account.isSame?.((await account.read(machine, ada)) ?? home, home)).toBe(true);
  });

  test("has its home filled by its owner, not by root, and only then in its place", async () => {
    await make(ada);
    const copies = machine.ran.flatMap(([program], index) =>
      program === "cp" ? [machine.ranWith[index]] : [],
    );
    expect(copies).toEqual([{ as: { uid: 1000, gid: 1000 } }]);
    expect(machine.changes).toContain("rename /home/.jupyter-ada.homeroom-new /home/jupyter-ada");
    expect(machine.ran.find(([program]) => program === "cp")).toContain("--no-dereference");
  });

  test("takes over a home that is there, with the number of whoever owns it", async () => {
    machine.putDirectory("/home/jupyter-ada", { mode: 0o700, uid: 1234, gid: 1234 });
    await make(ada);
    expect(await uidOf(ada)).toBe(1234);
    expect(machine.names("/home/jupyter-ada")).toEqual([]);
  });

  test("never takes over a home of somebody who is there or was", async () => {
    machine.put("/var/lib/homeroom/uids", "jupyter-gone 1700\n");
    machine.put("/etc/passwd", "bob:x:1600:1600::/home/bob:/bin/sh\n");
    machine.putDirectory("/home/jupyter-ada", { uid: 1700 });
    machine.putDirectory("/home/jupyter-eve", { uid: 1600 });
    machine.putDirectory("/home/jupyter-zoe", { uid: 0 });
    for (const name of [ada, "jupyter-eve", "jupyter-zoe"]) await make(name);
    expect([await uidOf(ada), await uidOf("jupyter-eve"), await uidOf("jupyter-zoe")]).toEqual([
      1701, 1702, 1703,
    ]);
  });

  test("does not go where something else is in place of the home", async () => {
    machine.putLink("/home/jupyter-ada", "/etc");
    await expect(make(ada)).rejects.toThrow("/home/jupyter-ada is not a directory");
    expect(machine.names(openAccountsFolder)).toEqual([]);
  });

  test("is made although another process takes the number meanwhile", async () => {
    const useradd = machine.programs["useradd"];
    let others = 2;
    machine.programs["useradd"] = (args, host, options) => {
      others -= 1;
      if (others >= 0)
        host.put("/etc/passwd", `${host.text("/etc/passwd")}x${others}:x:${1001 - others}:1::/:/\n`);
      return useradd?.(args, host, options) ?? "";
    };
    await make(ada);
    expect(await uidOf(ada)).toBe(1002);
    expect(machine.text("/var/lib/homeroom/uids")?.trim().split("\n").at(-1)).toBe("jupyter-ada 1002");
  });

  test("whose making was cut off is finished by the next try, wherever that was", async () => {
    for (let at = 0; ; at += 1) {
      const kept = machine;
      machine = new FakeHost({ "/etc/shadow": "", "/etc/skel/.bashrc": "#" }, kept.programs);
      for (const folder of ["/home", openAccountsFolder]) machine.putDirectory(folder);
      machine.inject({ at, kind: "kill", when: "before" });
      await make(ada).catch(() => undefined);
      const { struck } = machine;
      machine.inject(undefined);
      // Without this file systemd starts nothing: half an account is none.
      expect(machine.names(openAccountsFolder)).toEqual(struck ? [] : [ada]);
      await make(ada);
      expect(machine.names("/home")).toEqual([ada]);
      expect(machine.names("/home/jupyter-ada")).toEqual([".bashrc"]);
      expect(await account.read(machine, ada)).toEqual(home);
      expect(await uidOf(ada)).toBe(1000);
      if (!struck) break;
    }
  });

  test("is one of 5,000, which are read at a glance", async () => {
    const names = Array.from({ length: 5000 }, (_, n) => `jupyter-s${n}`);
    machine.put(
      "/etc/passwd",
      names.map((name, n) => `${name}:x:${n + 1000}:${n + 1000}::/home/${name}:/bin/bash\n`).join(""),
    );
    machine.put("/etc/shadow", names.map((name) => `${name}:!:20000:0:99999:7:::\n`).join(""));
    for (const name of names) machine.put(`${openAccountsFolder}/${name}`, "");
    expect((await account.readMany?.(machine, names))?.size).toBe(5000);
    expect(machine.reads.toSorted()).toEqual(["/etc/group", "/etc/passwd", "/etc/shadow"]);
  });
});

describe("numbers", () => {
  test("are never given to a second person, whoever comes, goes and comes again", async () => {
    const names = ["jupyter-a", "jupyter-b", "jupyter-c", "jupyter-d"];
    const act = fc.record({ name: fc.constantFrom(...names), leaves: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
        machine.put("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
        machine.put("/etc/group", "root:x:0:\n");
        machine.put("/etc/shadow", "");
        for (const path of ["/home", openAccountsFolder, "/var/lib/homeroom/uids"]) machine.take(path);
        machine.putDirectory("/home");
        machine.putDirectory(openAccountsFolder);
        const had = new Map<number, string>();
        for (const { name, leaves } of acts) {
          if (leaves && (await uidOf(name)) !== undefined) {
            await machine.run(["userdel", "--", name]);
            machine.take(`/home/${name}`);
          }
          if (leaves) continue;
          await make(name);
          const uid = (await uidOf(name)) ?? 0;
          expect(had.get(uid) ?? name).toBe(name);
          had.set(uid, name);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("a closed account", () => {
  beforeEach(async () => {
    await make(ada);
    machine.put("/etc/systemd/system/homeroom-user@ada.service", "[Service]\n");
    await machine.run(["systemctl", "start", "--", server]);
    machine.ran.splice(0);
  });

  test("keeps its entry, home and number; what runs is ended, and nothing can be started", async () => {
    const before = (await readAccounts(machine)).users.get(ada);
    await closedAccount.write(machine, ada, { why: "removed" }, progress);
    expect(machine.ran).toEqual([
      ["usermod", "--expiredate", "1", "--", ada],
      ["systemctl", "stop", "--", server],
    ]);
    expect(systemd.running(machine)).toEqual([]);
    expect(machine.names(openAccountsFolder)).toEqual([]);
    expect(await account.read(machine, ada)).toBeUndefined();
    expect(await closedAccount.read(machine, ada)).toEqual({ why: "removed" });
    expect((await readAccounts(machine)).users.get(ada)).toEqual(before);
    expect((await machine.stat("/home/jupyter-ada"))?.kind).toBe("directory");
    const { removed = "", name } = (await readTombstone(machine, ada)) ?? {};
    expect(name).toBe("ada");
    expect(Math.abs(Date.now() - Date.parse(removed))).toBeLessThan(60_000);
  });

  test.each(["removed", "banned"] as const)("opens again as it was before it was %s", async (why) => {
    const before = machine.manifest(["/proc"]);
    await closedAccount.write(machine, ada, { why }, progress);
    await closedAccount.write(machine, ada, undefined, progress);
    expect(machine.manifest(["/proc"])).toEqual(before);
    expect(await account.read(machine, ada)).toEqual(home);
  });

  test("goes from a ban to a tombstone and back; day and name stay", async () => {
    await closedAccount.write(machine, ada, { why: "banned" }, progress);
    expect(await closedAccount.read(machine, ada)).toEqual({ why: "banned" });
    await closedAccount.write(machine, ada, { why: "removed" }, progress);
    const tombstone = await readTombstone(machine, ada);
    await closedAccount.write(machine, ada, { why: "removed" }, progress);
    expect(await readTombstone(machine, ada)).toEqual(tombstone);
    expect(machine.names(bansFolder)).toEqual([]);
    await closedAccount.write(machine, ada, { why: "banned" }, progress);
    expect(await closedAccount.read(machine, ada)).toEqual({ why: "banned" });
    expect(machine.names(tombstonesFolder)).toEqual([]);
    await closedAccount.write(machine, ada, undefined, progress);
    expect(machine.text(`${openAccountsFolder}/${ada}`)).toBe('{"name":"ada"}\n');
  });

  test("cut off at any moment is closed by the next try", async () => {
    for (let at = 0; ; at += 1) {
      await closedAccount.write(machine, ada, undefined, progress);
      machine.inject({ at, kind: "fail", when: "before" });
      await closedAccount.write(machine, ada, { why: "removed" }, progress).catch(() => undefined);
      const { struck } = machine;
      machine.inject(undefined);
      await closedAccount.write(machine, ada, { why: "removed" }, progress);
      expect(await closedAccount.read(machine, ada)).toEqual({ why: "removed" });
      if (!struck) break;
    }
  });

  test("of somebody who has none is nothing", async () => {
    machine.inject(undefined);
    await closedAccount.write(machine, "jupyter-nobody", { why: "banned" }, progress);
    expect(machine.changes).toEqual([]);
    expect(await closedAccount.read(machine, "jupyter-nobody")).toBeUndefined();
  });

  test("is told from open ones by names alone", async () => {
    await make("jupyter-bob");
    await closedAccount.write(machine, ada, { why: "removed" }, progress);
    expect(await readKnownAccounts(machine)).toEqual({
      made: new Set([ada, "jupyter-bob"]),
      open: new Set(["jupyter-bob"]),
      tombstones: new Set([ada]),
    });
  });
});

describe("whoever is taken out of a group", () => {
  test("loses the server that has its rights, and the next one is read from disk first", async () => {
    await make(ada);
    machine.put(`/etc/systemd/system/${server}`, "[Service]\nNoNewPrivileges=no\n");
    await machine.run(["systemctl", "start", "--", server]);
    machine.put("/etc/group", `${machine.text("/etc/group")}homeroom-admins:x:990:${ada}\n`);
    machine.put(`/etc/systemd/system/${server}`, "[Service]\nNoNewPrivileges=yes\n");
    machine.ran.splice(0);
    await membership.write(machine, `homeroom-admins:${ada}`, undefined, progress);
    expect(machine.ran).toEqual([
      ["gpasswd", "--delete", ada, "homeroom-admins"],
      ["systemctl", "daemon-reload"],
      ["systemctl", "stop", "--", server],
    ]);
  });

  test("as an admin owns nothing of the shared environment any more", async () => {
    await make(ada);
    machine.put("/etc/passwd", `${machine.text("/etc/passwd")}homeroom-env:x:991:991::/:/bin/sh\n`);
    machine.put("/etc/group", `${machine.text("/etc/group")}homeroom-admins:x:990:${ada}\n`);
    machine.putDirectory("/opt/homeroom/environments");
    machine.programs["chown"] = () => "";
    await membership.write(machine, `homeroom-admins:${ada}`, undefined, progress);
    expect(machine.ran.at(-1)).toEqual([
      "chown",
      "--recursive",
      "-P",
      "--no-dereference",
      `--from=${ada}`,
      "--",
      "homeroom-env",
      "/opt/homeroom/environments",
    ]);
  });
});
