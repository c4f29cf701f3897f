import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compare } from "bcryptjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const main = join(import.meta.dirname, "../../installer/cli/main.ts");
const config = `users:
  admin: [teacher]
  allowed:
    - Alice # the first
    - bob
  extra_user_groups:
    choir: [bob]
`;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "homeroom-users-"));
  for (const folder of ["etc/homeroom", "var/lib"]) await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, "etc/homeroom/config.yaml"), config, { mode: 0o600 });
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

interface Result {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs `homeroom users …` on a machine of its own, without applying. */
async function users(args: readonly string[], input = ""): Promise<Result> {
  return new Promise((resolve) => {
    const argv = [main, "--root", root, "users", ...args];
    const env = { PATH: process.env["PATH"] };
    const child = execFile(process.execPath, argv, { env }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

const roster = () => readFile(join(root, "etc/homeroom/roster.csv"), "utf8");
const list = async () =>
  JSON.parse((await users(["list", "--json"])).stdout) as {
    username: string;
    role: string;
    groups: string[];
  }[];

describe("users add", () => {
  it("writes the roster, for root alone, and lists everybody of both files", async () => {
    const added = await users(["add", "Carol", "dora", "--group", "choir", "--no-apply"]);
    expect(added).toMatchObject({ exitCode: 0, stdout: "" });
    expect(await roster()).toBe(
      "username,name,email,id,groups,role,status\ncarol,,,,choir,,\ndora,,,,choir,,\n",
    );
    expect((await stat(join(root, "etc/homeroom/roster.csv"))).mode & 0o777).toBe(0o600);
    expect((await list()).map(({ username, role, groups }) => [username, role, groups.join()])).toEqual([
      ["alice", "student", ""],
      ["bob", "student", "choir"],
      ["carol", "student", "choir"],
      ["dora", "student", "choir"],
      ["teacher", "admin", ""],
    ]);
    expect((await users(["list"])).stdout.split("\n")[0]).toMatch(
      /^USER +NAME +ROLE +GROUPS +SERVER +MEMORY +LAST HERE$/,
    );
  });

  it("changes nothing for whoever is there, and adds rights that are asked for", async () => {
    expect((await users(["add", "ALICE", "--no-apply"])).stderr).toContain("Nothing to change");
    await users(["add", "carol", "--no-apply"]);
    await users(["add", "carol", "--admin", "--name", "Carol C.", "--no-apply"]);
    expect(await roster()).toContain("\ncarol,Carol C.,,,,admin,\n");
  });

  it.each([["../x"], ["a\tb"], [""], ["a".repeat(300)]])("refuses %j with the reason", async (name) => {
    const { exitCode, stderr } = await users(["add", name, "--no-apply"]);
    expect(exitCode).toBe(64);
    expect(stderr).toMatch(/cannot be a user name: it /);
    await expect(roster()).rejects.toThrow("ENOENT");
  });

  it("leaves a roster with a mistake alone, and names the place", async () => {
    await writeFile(join(root, "etc/homeroom/roster.csv"), "username,role\ncarol,boss\n");
    const { exitCode, stderr } = await users(["add", "dora", "--no-apply"]);
    expect(exitCode).toBe(78);
    expect(stderr).toContain("/etc/homeroom/roster.csv:2:7: error: `boss` is no role.");
    expect(await roster()).toBe("username,role\ncarol,boss\n");
  });

  it("refuses a group that would give rights over the machine", async () => {
    const { exitCode, stderr } = await users(["add", "carol", "--group", "docker", "--no-apply"]);
    expect(exitCode).toBe(78);
    expect(stderr).toContain("`docker` cannot be a group of people");
    await expect(roster()).rejects.toThrow("ENOENT");
  });
});

describe("users remove", () => {
  it("takes people out of both files, comments kept", async () => {
    await users(["add", "carol", "--no-apply"]);
    await users(["remove", "carol", "bob", "--no-apply"]);
    expect(await roster()).toBe("username,name,email,id,groups,role,status\n");
    const text = await readFile(join(root, "etc/homeroom/config.yaml"), "utf8");
    expect(text).toContain("- Alice # the first");
    expect(text).not.toContain("bob");
    expect((await list()).map(({ username }) => username)).toEqual(["alice", "teacher"]);
  });

  it("says whom it does not know", async () => {
    const { exitCode, stderr } = await users(["remove", "zoe", "--no-apply"]);
    expect([exitCode, stderr]).toEqual([64, expect.stringContaining("zoe: nobody of this name")]);
  });
});

describe("users set", () => {
  it("gives new admins a password, once, and takes a role out of the config where the roster says another", async () => {
    const made = await users(["set", "bob", "--role", "admin", "--no-apply"]);
    expect([made.exitCode, made.stdout]).toEqual([
      0,
      expect.stringMatching(/^bob {2}\w{4}-\w{4}-\w{4}-\w{4}\n$/),
    ]);
    expect((await users(["set", "bob", "--role", "admin", "--no-apply"])).stdout).toBe("");
    expect((await list()).find(({ username }) => username === "bob")?.role).toBe("admin");
    await users(["set", "teacher", "--role", "student", "--groups", "choir,band", "--no-apply"]);
    expect((await list()).find(({ username }) => username === "teacher")).toMatchObject({
      role: "student",
      groups: ["choir", "band"],
    });
    expect(await readFile(join(root, "etc/homeroom/config.yaml"), "utf8")).not.toContain("teacher");
  });
});

describe("users ban", () => {
  it("bans and takes it back, in the file or the config, and refuses to ban an admin", async () => {
    await users(["ban", "mallory", "--no-apply"]);
    expect(await roster()).toContain("\nmallory,,,,,,banned\n");
    await users(["unban", "mallory", "--no-apply"]);
    expect(await roster()).toContain("\nmallory,,,,,,\n");
    const refused = await users(["ban", "teacher", "--no-apply"]);
    expect([refused.exitCode, refused.stderr]).toEqual([
      78,
      expect.stringContaining("is banned and an admin. Nobody can be both."),
    ]);
    expect(await roster()).not.toContain("teacher");
  });
});

describe("users check", () => {
  it("tells every mistake of the roster, or of another file, by line and column, against the config too", async () => {
    const missing = await users(["check"]);
    expect([missing.exitCode, missing.stdout]).toEqual([
      0,
      "/etc/homeroom/roster.csv: no problems, nobody in it.\n",
    ]);
    await writeFile(
      join(root, "etc/homeroom/roster.csv"),
      "username;role;status\ncarol;bos;\nteacher;;banned\n",
    );
    const { exitCode, stdout } = await users(["check"]);
    expect(exitCode).toBe(78);
    expect(stdout).toContain("/etc/homeroom/roster.csv:2:7 error `bos` is no role.");
    expect(stdout).toContain("/etc/homeroom/roster.csv:3:10 error `teacher` is banned and an admin.");
    const other = join(root, "next.csv");
    await writeFile(other, "username\ncarol\n");
    expect((await users(["check", other])).stdout).toBe(`${other}: no problems, 1 person in it.\n`);
    expect(JSON.parse((await users(["check", "--json"])).stdout)).toMatchObject({
      problems: [{ severity: "error", line: 2, column: 7 }, { line: 3 }],
    });
  });
});

describe("users export", () => {
  it("prints everybody as a list that import takes and that changes nothing", async () => {
    await users(["add", "carol", "--group", "choir", "--no-apply"]);
    const { stdout } = await users(["export"]);
    expect(stdout.split("\n").slice(0, 3)).toEqual([
      "username,name,email,id,groups,role,status",
      "alice,,,,,,",
      "bob,,,,choir,,",
    ]);
    const again = await users(["import", "-", "--yes", "--no-apply"], stdout);
    expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining("Nothing to change")]);
  });
});

describe("users import", () => {
  const canvas = `Student,ID,SIS User ID,SIS Login ID,Section
    Points Possible,,,,
"Lovelace, Ada",1,S1,ada,Lab 1
"B., Bob",2,S2,BOB,Lab 2
`;
  const imported = (args: readonly string[], text = canvas) => users(["import", "-", ...args], text);

  it("shows what was recognised and what would change, and changes nothing unless told to", async () => {
    const { exitCode, stdout, stderr } = await imported([]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe(`standard input: 2 lines name somebody.
  Student       is the full name
  SIS User ID   is the id
  SIS Login ID  is the user name
  Section       is the groups
  not read: ID
  Lab 1  is the group lab-1
  Lab 2  is the group lab-2
  No people (points, dates, a test student): line 2

New: 1
  + ada  Ada Lovelace    lab-1

Changed: 1
  ~ bob  name (none) -> Bob B.; id (none) -> S2; groups (none) -> lab-2

Not in the list: 1; they stay, unless you add --remove-missing
  ? alice
`);
    expect(stderr).toContain("add --yes");
    await expect(roster()).rejects.toThrow("ENOENT");
    expect((await imported(["--dry-run", "--yes"])).exitCode).toBe(2);
    await expect(roster()).rejects.toThrow("ENOENT");
  });

  it("writes it with --yes, a second time nothing, and leaves the config's own groups alone", async () => {
    expect((await imported(["--yes", "--no-apply"])).exitCode).toBe(0);
    expect(await roster()).toBe(
      "username,name,email,id,groups,role,status,imported\n" +
        "ada,Ada Lovelace,,S1,lab-1,,,lab-1\nbob,Bob B.,,S2,lab-2,,,lab-2\n",
    );
    const again = await imported(["--yes", "--no-apply"]);
    expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining("Nothing to change")]);
    expect((await imported([])).exitCode).toBe(0);
    expect((await list()).find(({ username }) => username === "bob")?.groups).toEqual(["choir", "lab-2"]);
    await imported(
      ["--yes", "--no-apply"],
      `${canvas.replace("Lab 2", "Lab 1")}"C., Carol",3,S3,carol,Lab 2\n`,
    );
    expect(await roster()).toContain("\nbob,Bob B.,,S2,lab-1,,,lab-1\n");
  });

  it("takes people out of a section that dissolved, told first, but out of no group that a teacher gave", async () => {
    await imported(["--yes", "--no-apply"]);
    await users(["set", "ada", "--groups", "lab-1,band", "--no-apply"]);
    const merged = canvas.replace("Lab 1", "Lab 3").replace("Lab 2", "Lab 3");
    const { exitCode, stdout } = await imported(["--dry-run"], merged);
    expect(exitCode).toBe(2);
    expect(stdout).toContain(`
Groups of an earlier list that this one no longer has: 1
  - lab-2  without bob
`);
    const { stdout: json } = await imported(["--dry-run", "--json"], merged);
    expect(JSON.parse(json)).toMatchObject({ dissolved: [{ group: "lab-2", people: ["bob"] }] });
    expect((await imported(["--yes", "--no-apply"], merged)).exitCode).toBe(0);
    const groups = (await list()).map((person) => [person.username, person.groups]);
    expect(Object.fromEntries(groups)).toMatchObject({
      ada: ["lab-1", "band", "lab-3"],
      bob: ["choir", "lab-3"],
    });
    expect((await imported([], merged)).exitCode).toBe(0);
  });

  it("removes who left the list only when told to, from both files", async () => {
    await users(["add", "carol", "--no-apply"]);
    await imported(["--yes", "--no-apply"]);
    expect((await list()).map(({ username }) => username)).toEqual([
      "ada",
      "alice",
      "bob",
      "carol",
      "teacher",
    ]);
    await imported(["--yes", "--no-apply", "--remove-missing"]);
    expect((await list()).map(({ username }) => username)).toEqual(["ada", "bob", "teacher"]);
  });

  it("reports all of it as data", async () => {
    const { stdout } = await imported(["--dry-run", "--json", "--group", "class9"]);
    expect(JSON.parse(stdout)).toMatchObject({
      columns: expect.arrayContaining([{ number: 4, header: "SIS Login ID", field: "username" }]),
      skipped: [2],
      added: [{ username: "ada", groups: ["lab-1", "class9"] }],
      changed: [{ before: { username: "bob", groups: [] }, after: { groups: ["lab-2", "class9"] } }],
      missing: [],
    });
  });

  it.each([
    [["--map", "mail=1"], 64, "--map mail=1: this is not FIELD=COLUMN."],
    [["--map", "email=Mail"], 1, "standard input: There is no column `Mail`."],
  ])("refuses %j with what would be right", async (args, code, words) => {
    const { exitCode, stderr } = await imported(args);
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(words)]);
  });

  it("writes made-up passwords into a file for root alone, never over another, and only hashes elsewhere", async () => {
    await writeFile(join(root, "etc/homeroom/config.yaml"), `${config}auth: { first_password: generated }\n`);
    const file = join(root, "hand-out.txt");
    const write = (args: readonly string[]) => imported(["--yes", "--no-apply", "--hand-out", ...args]);
    expect((await write(["/hand-out.txt"])).exitCode).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, "utf8");
    const passwords = [...text.matchAll(/User name +(\S+)\nPassword +(\S+)/g)].map(([, name, word]) => [
      name,
      word,
    ]);
    expect(passwords.map(([name]) => name)).toEqual(["ada", "bob"]);
    const hashes = JSON.parse(
      await readFile(join(root, "var/lib/homeroom/secrets/first-passwords.json"), "utf8"),
    ) as Record<string, string>;
    for (const [name = "", word = ""] of passwords)
      expect(await compare(word, hashes[name] ?? "")).toBe(true);
    expect(JSON.stringify(hashes)).not.toContain(passwords[0]?.[1]);
    // Whoever has one keeps it, and no file is written.
    expect((await write(["/other.txt"])).exitCode).toBe(0);
    await expect(stat(join(root, "other.txt"))).rejects.toThrow("ENOENT");
    const more = `${canvas}"C., Carol",3,S3,carol,Lab 1\n`;
    const refused = await imported(["--yes", "--no-apply", "--hand-out", "/hand-out.txt"], more);
    expect([refused.exitCode, refused.stderr]).toEqual([64, expect.stringContaining("is there already")]);
    expect(await readFile(file, "utf8")).toBe(text);
    expect(await roster()).not.toContain("carol");
  });
});
