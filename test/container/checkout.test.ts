import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { admin, adminPassword, shell } from "../installed-machine.ts";
import { atWork } from "../log-in.ts";
import { testImages, testMachine, withLastWords } from "../machine.ts";

const root = join(import.meta.dirname, "../..");
/** Dependencies are fetched and the release is built in the machine, beside whatever else runs here. */
const patienceMs = 20 * 60_000;

test(
  "the two commands of the README make a hub on a machine with nothing but git",
  { timeout: patienceMs },
  async () => {
    const [image = "bookworm"] = testImages;
    await using machine = await testMachine("checkout", { image });
    const repository = await mkdtemp(join(tmpdir(), "homeroom-repository-"));
    try {
      await promisify(execFile)("git", ["clone", "--quiet", "--bare", root, repository]);
      await machine.copyIn(repository, "/srv/homeroom.git");
    } finally {
      await rm(repository, { recursive: true });
    }
    await shell(
      machine,
      "apt-get -qq update && apt-get -qq install --yes --no-install-recommends git sudo; chown -R root: /srv/homeroom.git",
    );
    expect(await shell(machine, "command -v node npm pip uv", [1])).toBe("");

    const line = `mkdir /srv/empty && cd /srv/empty && set -e; ${await twoCommands()}`;
    const { stderr } = await withLastWords(
      machine.exec(["bash", "-c", line], {
        env: { HOMEROOM_ADMIN_PASSWORD: adminPassword },
        timeoutMs: patienceMs,
      }),
    );
    expect(stderr).toContain("Build the release");
    expect(stderr).toContain("Done in");
    const teacher = await atWork(machine, admin);
    expect(await teacher.run(admin, "5*4")).toBe("20");
  },
);

/** As they stand in README.md, with this repository's address filled in, and sudo told to pass the password on. */
async function twoCommands(): Promise<string> {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const [, commands] = /```\n(git clone <this repository> homeroom\nsudo [^\n]*)\n```/.exec(readme) ?? [];
  if (commands === undefined) throw new Error("the README has no two commands for a checkout");
  return commands.replace("<this repository>", "/srv/homeroom.git").replace("sudo ", "sudo --preserve-env ");
}
