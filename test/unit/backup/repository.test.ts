import { expect, test } from "vitest";
import { isRepository, restic, type Repository } from "../../../installer/backup/repository.ts";
import { FakeHost, type Program } from "../../fake-host.ts";

const repository: Repository = {
  address: "s3:https://s3.example.org/homeroom",
  passwordFile: "/root/password",
  keysFile: "/root/keys",
};
const keys = "# of the school\nexport AWS_ACCESS_KEY_ID='AKID'\nAWS_SECRET_ACCESS_KEY=very/secret=\n";

function machine(program: Program = () => "", { mode = 0o600, uid = 0, text = keys } = {}): FakeHost {
  const host = new FakeHost({}, { restic: program });
  host.put("/root/password", "correct horse\n", { mode: 0o600 });
  host.put("/root/keys", text, { mode, uid });
  return host;
}

const run = (host: FakeHost) => restic(host, repository, ["check"]);

test("secrets reach restic by file and environment, never on its command line", async () => {
  const host = machine();
  await run(host);
  expect(host.ran).toEqual([["restic", "check"]]);
  expect(host.ranWith[0]?.env).toEqual({
    RESTIC_REPOSITORY: repository.address,
    RESTIC_PASSWORD_FILE: "/root/password",
    RESTIC_CACHE_DIR: "/var/cache/homeroom/restic",
    AWS_ACCESS_KEY_ID: "AKID",
    AWS_SECRET_ACCESS_KEY: "very/secret=",
  });
});

test.each([
  [{ mode: 0o640 }, /can be read by others/],
  [{ uid: 1000 }, /is not root's/],
  [{ text: "" }, /missing or empty/],
  [{ text: "LD_PRELOAD=/home/alice/x.so\n" }, /Line 1 of \/root\/keys/],
  [{ text: "RESTIC_PASSWORD_COMMAND=id\n" }, /Line 1 of \/root\/keys/],
])("a keys file that is %j is refused before restic runs", async (what, says) => {
  const host = machine(() => "", what);
  await expect(run(host)).rejects.toThrow(says);
  expect(host.ran).toEqual([]);
});

const stderr =
  (words: string): Program =>
  () => ({ exitCode: 1, stderr: `Fatal: ${words}\n` });

test.each([
  ["wrong password or no key found", /password in \/root\/password does not open the copies/],
  ["unable to open config file: stat: no such file\nIs there a repository at", /There are no copies at/],
  ["unable to create lock in backend: repository is already locked by PID 1", /Another program works/],
  ["the disk is on fire", /restic failed/],
])("what restic says is said to a teacher: %s", async (words, says) => {
  await expect(run(machine(stderr(words)))).rejects.toThrow(says);
});

test("only where nothing is there a repository may be made", async () => {
  const is = (program?: Program) => {
    const host = machine(program);
    return isRepository(host, repository);
  };
  expect(await is()).toBe(true);
  expect(await is(stderr("unable to open config file: no such file\nIs there a repository at"))).toBe(false);
  await expect(is(stderr("wrong password or no key found"))).rejects.toThrow(/does not open/);
  await expect(is(stderr("connection refused"))).rejects.toThrow(/restic failed/);
});
