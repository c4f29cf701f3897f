import { beforeEach, describe, expect, test } from "vitest";
import { readAccounts, resolveOwner } from "../../../installer/resources/accounts-file.ts";
import { group, systemGroup } from "../../../installer/resources/group.ts";
import { membership } from "../../../installer/resources/membership.ts";
import { systemAccount } from "../../../installer/resources/system-account.ts";
import { FakeHost } from "../../fake-host.ts";
import { accountPrograms } from "../../fake-programs.ts";

const progress = { report: () => undefined, signal: new AbortController().signal };

let machine: FakeHost;
beforeEach(() => {
  machine = new FakeHost({ "/etc/shadow": "" }, accountPrograms);
  machine.programs["systemctl"] = () => "";
});

describe("a service's account", () => {
  const nowhere = { home: "/nonexistent", shell: "/usr/sbin/nologin" };

  test("is made once, put right, and removed", async () => {
    await systemAccount.write(machine, "homeroom-hub", nowhere, progress);
    expect(machine.ran.splice(0)).toEqual([
      (
        "useradd --system --no-create-home --user-group --home-dir /nonexistent " +
        "--shell /usr/sbin/nologin -- homeroom-hub"
      ).split(" "),
    ]);
    await systemAccount.write(machine, "homeroom-hub", nowhere, progress);
    expect(machine.ran).toEqual([]);
    const changed = { ...nowhere, shell: "/bin/false" };
    await systemAccount.write(machine, "homeroom-hub", changed, progress);
    expect(machine.ran.splice(0)).toEqual([
      ["usermod", "--home", "/nonexistent", "--shell", "/bin/false", "--", "homeroom-hub"],
    ]);
    expect(await systemAccount.read(machine, "homeroom-hub")).toEqual(changed);
    await systemAccount.write(machine, "homeroom-hub", undefined, progress);
    await systemAccount.write(machine, "homeroom-hub", undefined, progress);
    expect(machine.ran).toEqual([["userdel", "--", "homeroom-hub"]]);
  });
});

describe("a group", () => {
  test.each([
    [group, [["groupadd", "--", "choir"]]],
    [systemGroup, [["groupadd", "--system", "--", "choir"]]],
  ])("is made once and removed once", async (kind, made) => {
    await kind.write(machine, "choir", { exists: true }, progress);
    await kind.write(machine, "choir", { exists: true }, progress);
    expect(machine.ran.splice(0)).toEqual(made);
    expect(await kind.read(machine, "choir")).toEqual({ exists: true });
    await kind.write(machine, "choir", undefined, progress);
    await kind.write(machine, "choir", undefined, progress);
    expect(machine.ran).toEqual([["groupdel", "--", "choir"]]);
  });

  test("takes members in and lets them go, one by one", async () => {
    machine.put("/etc/group", "choir:x:1000:bob\n");
    await membership.write(machine, "choir:ada", { member: true }, progress);
    await membership.write(machine, "choir:ada", { member: true }, progress);
    expect(machine.text("/etc/group")).toBe("choir:x:1000:bob,ada\n");
    expect(await membership.read(machine, "choir:ada")).toEqual({ member: true });
    await membership.write(machine, "choir:ada", undefined, progress);
    await membership.write(machine, "choir:ada", undefined, progress);
    expect(machine.text("/etc/group")).toBe("choir:x:1000:bob\n");
    expect(machine.ran).toEqual([
      ["gpasswd", "--add", "ada", "choir"],
      ["gpasswd", "--delete", "ada", "choir"],
    ]);
    expect(await membership.read(machine, "none:ada")).toBeUndefined();
  });
});

describe("passwd and group", () => {
  test("are parsed once, and again when a tool has replaced them", async () => {
    machine.put("/etc/passwd", "ada:x:1000:100:Ada,,,:/home/ada:/bin/bash\n\n# no entry\n");
    machine.put("/etc/group", "users:x:100:\nchoir:x:7:ada,bob\n");
    const [first, second] = await Promise.all([readAccounts(machine), readAccounts(machine)]);
    expect(second).toBe(first);
    expect(first.users.get("ada")).toEqual({
      name: "ada",
      uid: 1000,
      gid: 100,
      home: "/home/ada",
      shell: "/bin/bash",
    });
    expect([first.userNames.get(1000), first.groupNames.get(7)]).toEqual(["ada", "choir"]);
    expect(first.groups.get("choir")?.members).toEqual(new Set(["ada", "bob"]));
    expect(machine.reads).toHaveLength(2);
    machine.put("/etc/passwd", "");
    expect((await readAccounts(machine)).users.size).toBe(0);
  });

  test("give owners their numbers; a number stands for itself", async () => {
    machine.put("/etc/passwd", "ada:x:1000:100::/:/bin/sh\n");
    machine.put("/etc/group", "choir:x:7:\n");
    expect(await resolveOwner(machine, "root", "root")).toEqual({ uid: 0, gid: 0 });
    expect(await resolveOwner(machine, "ada", "choir")).toEqual({ uid: 1000, gid: 7 });
    expect(await resolveOwner(machine, "4711", "4712")).toEqual({ uid: 4711, gid: 4712 });
    await expect(resolveOwner(machine, "bob", "choir")).rejects.toThrow("no account bob");
    await expect(resolveOwner(machine, "ada", "band")).rejects.toThrow("no group band");
  });
});
