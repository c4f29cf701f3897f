import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient } from "../hub-client.ts";
import { admin, adminPassword, installedMachine, invocations, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

const password = "a-password-of-their-own";

describe.each(testImages)("people on %s", (image) => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "people" });
  });
  afterAll(async () => {
    await machine?.down();
  });

  /** Somebody with a browser who has logged in. */
  async function loggedIn(name: string, word = password): Promise<HubClient> {
    const client = new HubClient(`${machine.url}/`);
    await client.login(name, word);
    expect(await client.isLoggedIn()).toBe(true);
    return client;
  }

  /** Logged in, with a server that answers. */
  async function atWork(name: string, word = password): Promise<HubClient> {
    const client = await loggedIn(name, word);
    await client.startServer(name);
    return client;
  }

  const sudoers = (client: HubClient, name: string) =>
    client.run(name, "import subprocess; print(subprocess.getoutput('sudo -n id -un; id -Gn'))");
  const isActive = async (unit: string) =>
    (await shell(machine, `systemctl is-active '${unit}'`, [0, 3, 4])).trim();

  test("whoever is added comes in, with a home of their own and the groups of the roster", async () => {
    const before = await invocations(machine);
    await shell(
      machine,
      "install -d /srv/class && echo '{}' > /srv/class/lesson.ipynb && ln -s /etc/shadow /srv/class/link",
    );
    await shell(machine, "homeroom config set classroom.skel=/srv/class");
    await shell(machine, "homeroom users add Alice bob --group choir");
    // Nothing is made before somebody needs it.
    expect(await shell(machine, "getent passwd jupyter-alice | wc -l")).toBe("0\n");
    const alice = await atWork("alice");
    expect(await alice.run("alice", "5*4")).toBe("20");
    expect(await invocations(machine)).toBe(before);
    expect(await shell(machine, "stat -c '%a %U' /home/jupyter-alice")).toBe("700 jupyter-alice\n");
    expect(await shell(machine, "ls -A /home/jupyter-alice | tr '\\n' ' '")).toMatch(
      /\.bashrc .*lesson\.ipynb link/,
    );
    expect(await shell(machine, "stat -c '%U %F' /home/jupyter-alice/link")).toBe(
      "jupyter-alice symbolic link\n",
    );
    expect(await shell(machine, "id -Gn jupyter-alice")).toMatch(/\bchoir\b/);
    expect(await sudoers(alice, "alice")).not.toMatch(/^root|homeroom-admins/m);
    expect(await shell(machine, "ls -A /home | grep homeroom-new | wc -l")).toBe("0\n");
  });

  test("names of every kind lead to accounts of their own", async () => {
    const names = ["a+b", "jane@school.org", "-rf", "%i", "a b", "jürgen", "root", "...a", "x".repeat(200)];
    const quoted = names.map((name) => `'${name}'`).join(" ");
    await shell(machine, `homeroom users add -- ${quoted}`);
    for (const bad of [".", "..", "../x", "a/b", ""]) {
      expect(await shell(machine, `homeroom users add -- '${bad}'`, [64])).toContain(
        "cannot be a user name: it ",
      );
    }
    const accounts: string[] = [];
    for (const name of names) {
      const client = await loggedIn(name);
      // As the hub writes addresses.
      const path = encodeURIComponent(name).replaceAll("%40", "@");
      await client.startServer(path);
      const code = "import getpass, os; print(getpass.getuser(), os.getcwd(), os.getuid() > 999)";
      const said = await client.run(path, code);
      expect(said).toMatch(/^jupyter-(\S+) \/home\/jupyter-\1 True$/);
      accounts.push(said.split(" ")[0] ?? "");
      await client.api(`hub/api/users/${path}/server`, { method: "DELETE" });
    }
    expect(new Set(accounts).size).toBe(names.length);
    expect(await shell(machine, "stat -c '%U %a' /run/homeroom /run/homeroom/users")).toBe(
      "root 755\nroot 711\n",
    );
    await shell(machine, `homeroom users remove --yes -- ${quoted}`);
  });

  test("the hub, taken over, starts nobody who is not on the roster, and nothing else", async () => {
    const asHub = "setpriv --reuid=homeroom-hub --regid=homeroom-hub --clear-groups systemctl start";
    // Removed a moment ago; never heard of; a directory; the account's own unit.
    for (const unit of [
      String.raw`homeroom-user@a\x2bb.service`,
      "homeroom-user@stranger.service",
      String.raw`homeroom-user@\x2e.service`,
      String.raw`homeroom-user@\x2e..service`,
      "homeroom-account@stranger.service",
      "ssh.service",
    ]) {
      await shell(machine, `${asHub} '${unit}'`, [1, 4]);
      expect(await isActive(unit)).not.toBe("active");
    }
    expect(await shell(machine, "getent passwd jupyter-stranger jupyter-. jupyter-.. | wc -l")).toBe("0\n");
    expect(await shell(machine, "stat -c '%U %a' /run/homeroom /run/homeroom/users")).toBe(
      "root 755\nroot 711\n",
    );
  });

  test("an admin's rights come and go with the role, running server included", async () => {
    await atWork("bob");
    await shell(machine, "homeroom users set bob --role admin");
    // A right that was given counts from the next start.
    const bob = await loggedIn("bob");
    await bob.api("hub/api/users/bob/server", { method: "DELETE" });
    await expect.poll(() => isActive("homeroom-user@bob.service"), { timeout: 30_000 }).not.toBe("active");
    await bob.startServer("bob");
    expect(await sudoers(bob, "bob")).toMatch(/^root\n.*homeroom-admins/);
    expect((await bob.get("hub/admin")).status).toBe(200);
    const write = "open('/opt/homeroom/environment/lib/by_bob.py', 'w').write('x')";
    expect(await bob.run("bob", write)).toBe("1");

    await using kernel = await bob.kernel("bob");
    expect(await kernel.run("1+1")).toBe("2");
    expect(await shell(machine, "homeroom users set bob --role student")).toContain("Applied");
    expect(await isActive("homeroom-user@bob.service")).not.toBe("active");
    expect(await shell(machine, "id -Gn jupyter-bob")).not.toContain("homeroom-admins");
    expect(await shell(machine, "systemctl show -P NoNewPrivileges homeroom-user@bob.service")).toBe("yes\n");
    await expect.poll(async () => (await bob.get("hub/admin")).status, { timeout: 10_000 }).toBe(403);
    await bob.startServer("bob");
    expect(await sudoers(bob, "bob")).not.toMatch(/^root|homeroom-admins/m);
    expect(await bob.run("bob", write)).toContain("PermissionError");
    expect(await shell(machine, "stat -c %U /opt/homeroom/environment/lib/by_bob.py")).toBe("homeroom-env\n");
  });

  test("whoever leaves a group loses the server that has it", async () => {
    const alice = await atWork("alice");
    expect(await sudoers(alice, "alice")).toContain("choir");
    await shell(machine, "homeroom users set alice --groups ''");
    expect(await isActive("homeroom-user@alice.service")).not.toBe("active");
    await alice.startServer("alice");
    expect(await sudoers(alice, "alice")).not.toContain("choir");
  });

  test("a ban ends server, session and account, and is taken back whole", async () => {
    const alice = await atWork("alice");
    await alice.run("alice", "open('work.txt', 'w').write('of alice')");
    await shell(machine, "homeroom users ban alice");
    expect(await isActive("homeroom-user@alice.service")).not.toBe("active");
    await expect.poll(() => alice.isLoggedIn(), { timeout: 10_000 }).toBe(false);
    const again = new HubClient(`${machine.url}/`);
    await again.login("alice", password);
    expect(await again.isLoggedIn()).toBe(false);
    await shell(machine, "systemctl start homeroom-user@alice.service", [1]);
    expect(await shell(machine, "chage -l jupyter-alice")).toMatch(/Account expires\s*: Jan 02, 1970/);
    await shell(machine, "homeroom users unban alice");
    const back = await atWork("alice");
    expect(await back.run("alice", "open('work.txt').read()")).toBe("'of alice'");
  });

  test("a removed person's account is closed, the home stays, and comes back with the person", async () => {
    const uid = await shell(machine, "id -u jupyter-alice");
    await atWork("alice");
    await shell(machine, "homeroom users remove alice --yes");
    expect(await isActive("homeroom-user@alice.service")).not.toBe("active");
    await shell(machine, "systemctl start homeroom-user@alice.service", [1]);
    expect(await shell(machine, "cat /home/jupyter-alice/work.txt; ls /var/lib/homeroom/tombstones")).toMatch(
      /^of alice[^]*jupyter-alice/,
    );
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
    expect(await shell(machine, "homeroom users add alice", [64])).toContain("users restore alice");
    expect(await shell(machine, "homeroom users list --removed")).toMatch(/^alice +\/home\/jupyter-alice /m);
    await shell(machine, "homeroom users restore alice");
    const alice = await atWork("alice");
    expect(await alice.run("alice", "open('work.txt').read()")).toBe("'of alice'");
    expect(await shell(machine, "id -u jupyter-alice")).toBe(uid);
  });

  test("a roster that is replaced by hand is checked, applied, and rolled back", async () => {
    const people = "homeroom users list | awk 'NR > 1 { print $1 }'";
    const before = await shell(machine, people);
    await shell(machine, "printf 'username;role\\ncarol;\\ndora;bos\\n' > /etc/homeroom/roster.csv");
    expect(await shell(machine, "homeroom apply", [78])).toContain(
      "/etc/homeroom/roster.csv:3:6: error: `bos` is no role.",
    );
    await shell(machine, "printf 'username;role\\ncarol;\\n' > /etc/homeroom/roster.csv");
    expect(await shell(machine, "homeroom status")).toContain("differs from what is live");
    expect(await shell(machine, "homeroom apply --yes")).toContain("Applied");
    expect(await shell(machine, "homeroom config history | tail -n 1")).toMatch(/people .*\+carol.*-alice/);
    const carol = await atWork("carol");
    expect(await carol.run("carol", "5*4")).toBe("20");
    await shell(machine, "homeroom config rollback --yes");
    expect(await shell(machine, people)).toBe(before);
    expect(await isActive("homeroom-user@carol.service")).not.toBe("active");
    await atWork("alice");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });

  test("a class list brings people, groups and passwords; who leaves it goes only when told, and comes back", async () => {
    const rows = ['"Lovelace, Ada",1,S1,ada.l,Lab 1', '"Turing, Alan",2,S2,alan.t,Lab 2'];
    const write = (people: readonly string[]) =>
      shell(
        machine,
        `cat > /root/canvas.csv <<'END'\n${["Student,ID,SIS User ID,SIS Login ID,Section", "    Points Possible,,,,", ...people].join("\n")}\nEND`,
      );
    const bring = "homeroom users import /root/canvas.csv --group class9";
    await shell(machine, "homeroom config set auth.first_password=generated");
    await write(rows);
    expect(await shell(machine, bring, [2])).toMatch(/New: 2[^]*\+ ada\.l +Ada Lovelace/);
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
    expect(await shell(machine, `${bring} --yes --hand-out /root/slips.txt`)).toContain("Applied");
    expect(await shell(machine, "stat -c '%a %U' /root/slips.txt")).toBe("600 root\n");
    const slips = await shell(machine, "cat /root/slips.txt");
    const word = /User name +ada\.l\nPassword +(\S+)/.exec(slips)?.[1] ?? "";
    const ada = await atWork("ada.l", word);
    expect((await sudoers(ada, "ada.l")).split(/\s/)).toEqual(expect.arrayContaining(["lab-1", "class9"]));
    await ada.run("ada.l", "open('work.txt', 'w').write('of ada')");
    expect(await shell(machine, `grep -rlsF ${word} /etc/homeroom /var/lib/homeroom /var/log `, [1])).toBe(
      "",
    );

    await write(rows.slice(1));
    expect(await shell(machine, `${bring} --yes`)).toContain("Not in the list: 1; they stay");
    expect(await isActive("homeroom-user@ada.l.service")).toBe("active");
    expect(await shell(machine, `${bring} --yes --remove-missing`)).toContain("- ada.l");
    expect(await isActive("homeroom-user@ada.l.service")).not.toBe("active");
    await write(rows);
    expect(await shell(machine, `${bring} --yes`)).toContain("Back again, with the homes that were kept: 1");
    const back = await atWork("ada.l", word);
    expect(await back.run("ada.l", "open('work.txt').read()")).toBe("'of ada'");
    expect(await shell(machine, "homeroom users list --json | grep -c class9")).toBe("2\n");
    await shell(machine, "homeroom config set auth.first_password=own");
  });

  test("the admin of the install is an admin still", async () => {
    const teacher = await atWork(admin, adminPassword);
    expect(await sudoers(teacher, admin)).toMatch(/^root\n/);
  });
});
