import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
