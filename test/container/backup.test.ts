import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { installedMachine, shell } from "../installed-machine.ts";
import { atWork, letIn, logIn } from "../log-in.ts";
import { testImages } from "../machine.ts";

/** What is tested is the same on every image: one is enough. */
const [image = "bookworm"] = testImages;
const people = ["alice", "bob", "carol"];
const homes = `cd /home; for p in ${people.join(" ")}; do echo "$p $(stat -c %u jupyter-$p) $(sha256sum < jupyter-$p/work/day1.ipynb)"; done`;
const notebook = (name: string) =>
  `import os, json; os.makedirs("work"); json.dump({"of": "${name}"}, open("work/day1.ipynb", "w")); os.symlink("/etc/shadow", "shadow")`;

describe("copies", () => {
  let machine: Machine;
  /** Where the copies are while one machine is gone and the next is not there yet. */
  let shelf: string;
  let password: string;
  let before: string;
  beforeAll(async () => {
    shelf = await mkdtemp(join(tmpdir(), "homeroom-copies-"));
    machine = await installedMachine(image, { purpose: "backup" });
  });
  afterAll(async () => {
    await machine?.down();
    await rm(shelf, { recursive: true, force: true });
  });

  test("three people and their notebooks are in a copy, and its password is nowhere else", async () => {
    await letIn(machine, ...people);
    for (const name of people) await (await atWork(machine, name)).run(name, notebook(name));
    before = await shell(machine, homes);
    expect(await shell(machine, "homeroom backup run", [1])).toContain("`backup.repository` is not set");
    await shell(machine, "homeroom config set backup.repository=/srv/copies backup.keep.daily=3");
    expect(await shell(machine, "systemctl is-active homeroom-backup.timer")).toBe("active\n");
    expect(await shell(machine, "homeroom doctor backup-age", [0, 2])).toContain("no copy was made yet");
    expect(await shell(machine, "homeroom backup run", [1])).toContain("homeroom backup password");
    password = (await machine.exec(["homeroom", "backup", "password"])).stdout.trim();
    await shell(machine, "homeroom backup run");
    expect(await shell(machine, "homeroom doctor backup-age")).toContain("nothing is wrong");
    expect(await shell(machine, "homeroom status")).toMatch(/last copy: .*, [\d.]+ MB/);
    const copies = JSON.parse(await shell(machine, "homeroom backup list --json")) as { id: string }[];
    expect(copies).toHaveLength(1);
    expect(await shell(machine, "homeroom backup check")).toContain("The copies are whole");
    expect(await shell(machine, `grep -rFl ${password} /srv/copies /var/log /var/lib/homeroom || true`)).toBe(
      "",
    );
    expect(await shell(machine, `journalctl --no-pager | grep -cF ${password}`, [1])).toBe("0\n");
    const tree = `RESTIC_PASSWORD_FILE=/etc/homeroom/backup-password restic -r /srv/copies ls latest`;
    const files = await shell(machine, tree);
    expect(files).toContain("/home/jupyter-alice/work/day1.ipynb");
    expect(files).not.toContain("backup-password");
    expect(await shell(machine, "ls /var/lib/homeroom/hub")).not.toContain("copies");
  });

  test("one file comes back beside what is there now, with its owner's rights", async () => {
    await shell(machine, "echo spoiled > /home/jupyter-alice/work/day1.ipynb");
    const said = await shell(machine, "homeroom restore --person alice --file work/day1.ipynb");
    expect(said).toMatch(/What was there is now work\/day1\.ipynb\.before-/);
    expect(await shell(machine, homes)).toBe(before);
    expect(await shell(machine, "cat /home/jupyter-alice/work/day1.ipynb.before-*")).toBe("spoiled\n");
  });

  test("a folder that has become a link leads root nowhere", async () => {
    await shell(
      machine,
      "cd /home/jupyter-alice; mv work away; mkdir -m 0700 /root/hers; ln -s /root/hers work; chown -h jupyter-alice: work",
    );
    await shell(machine, "homeroom restore --person alice --file work/day1.ipynb", [1]);
    expect(await shell(machine, "ls -A /root/hers")).toBe("");
    await shell(machine, "cd /home/jupyter-alice; rm work; mv away work");
  });

  test("one home comes back whole while she works, and what she had is kept", async () => {
    const alice = await atWork(machine, "alice");
    await alice.run("alice", 'open("new.txt", "w").write("made since")');
    const said = await shell(machine, "homeroom restore --person alice");
    expect(said).toMatch(/What was there is now \/home\/jupyter-alice\.before-/);
    expect(await shell(machine, homes)).toBe(before);
    expect(await shell(machine, "ls /home/jupyter-alice; readlink /home/jupyter-alice/shadow")).toBe(
      "shadow\nwork\n/etc/shadow\n",
    );
    expect(await shell(machine, "cat /home/jupyter-alice.before-*/new.txt")).toBe("made since");
    expect(await shell(machine, "stat -c '%U %a' /home/jupyter-alice.before-*")).toBe("jupyter-alice 700\n");
  });

  test("a wrong password, and a name that nobody has, change nothing", async () => {
    await shell(machine, "echo other > /root/wrong; chmod 0600 /root/wrong");
    const wrong = "homeroom restore --yes --from /srv/copies --password-file /root/wrong";
    expect(await shell(machine, wrong, [1])).toContain("does not open the copies at /srv/copies");
    expect(await shell(machine, "homeroom restore --person dave", [1])).toContain("is not in the copy");
    expect(await shell(machine, "homeroom restore 12345678 --yes", [1])).toContain(
      "There is no copy 12345678",
    );
    expect(await shell(machine, homes)).toBe(before);
    expect(await shell(machine, "ls -d /home/.homeroom-restore-* 2>/dev/null || true")).toBe("");
  });

  test("the machine is lost; on a new one everything is as it was, passwords and numbers too", async () => {
    await machine.copyOut("/srv/copies", join(shelf, "copies"));
    await machine.down();
    machine = await installedMachine(image, { purpose: "backup" });
    await machine.copyIn(join(shelf, "copies"), "/mnt/copies");
    // Somebody else has the number of one of them on this machine.
    const taken = before
      .split("\n")
      .find((line) => line.startsWith("bob"))
      ?.split(" ")[1];
    await shell(
      machine,
      `useradd --uid ${taken} somebody; echo ${password} > /root/password; chmod 0600 /root/password`,
    );
    const restore = "homeroom restore --yes --from /mnt/copies --password-file /root/password";
    // Killed while it fetches: nothing has changed, and what it left goes with the next.
    await shell(
      machine,
      `systemd-run --quiet --collect --unit=restoring ${restore}; until ls -d /home/.homeroom-restore-*/home; do sleep 0.05; done; systemctl kill --signal=KILL restoring; while systemctl is-active --quiet restoring; do sleep 0.1; done`,
    );
    expect(await shell(machine, "ls /home")).not.toContain("jupyter-alice");
    const said = await shell(machine, restore);
    expect(said).toContain("4 homes");
    const after = await shell(machine, homes);
    const others = (text: string) => text.split("\n").filter((line) => !line.startsWith("bob"));
    expect(others(after)).toEqual(others(before));
    expect(await shell(machine, "stat -c %U /home/jupyter-bob/work/day1.ipynb")).toBe("jupyter-bob\n");
    for (const name of people) await logIn(machine, name);
    const alice = await atWork(machine, "alice");
    expect(await alice.run("alice", 'print(open("work/day1.ipynb").read())')).toBe('{"of": "alice"}');
    expect(await shell(machine, "ls -d /home/.homeroom-restore-* 2>/dev/null || true")).toBe("");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });
});
