import { execFileSync, spawn } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Said } from "../type-into.ts";
import { onTerminal } from "./terminal.ts";

const main = join(import.meta.dirname, "../../installer/cli/main.ts");
const before = "# mine\nlimits:\n  memory: 1G # each\n";
const after = before.replace("1G", "2G");
let root: string;
let folder: string;
let path: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "homeroom-edit-"));
  folder = join(root, "etc/homeroom");
  path = join(folder, "config.yaml");
  await mkdir(folder, { recursive: true });
  await writeFile(path, before, { mode: 0o600 });
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const homeroom = (words: string): string => `'${process.execPath}' '${main}' --root '${root}' ${words}`;

/** `homeroom config edit --no-apply` in a pseudo-terminal. */
function edit(editor: string, typed: readonly Said[] = []): Promise<{ exitCode: number; output: string }> {
  const command = `stty rows 24 cols 80; ${homeroom("config edit --no-apply")}`;
  return onTerminal(command, { env: { SUDO_EDITOR: editor, HOME: root }, typed });
}

/** An editor as a shell script of that name; $file is the file. */
async function editor(script: string, name = "editor"): Promise<string> {
  const file = join(root, name);
  await writeFile(file, `#!/bin/sh\nfor file; do :; done\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

const content = (): Promise<string> => readFile(path, "utf8");
const copy = (): Promise<string> => readFile(join(folder, ".config.yaml.edit"), "utf8");
const asRoot = process.getuid?.() === 0;

describe("what belongs to the file beside its text", () => {
  it.each([
    ["edit", async () => edit(await editor('sed -i s/1G/2G/ "$file"'))],
    [
      "set",
      async () => onTerminal(homeroom("config set --no-apply limits.memory=2G"), { env: {}, typed: [] }),
    ],
  ])("survives config %s: owner, group, mode and ACL", async (_, change) => {
    if (asRoot) await chown(path, 1, 2);
    await chmod(path, 0o640);
    execFileSync("setfacl", ["--modify", "user:nobody:r--,group:games:rw-", path]);
    const acl = () => execFileSync("getfacl", ["--absolute-names", "--numeric", path], { encoding: "utf8" });
    const was = { acl: acl(), inode: (await stat(path)).ino };
    await change();
    expect(await content()).toBe(after);
    expect(acl()).toBe(was.acl);
    expect(was.acl).toContain("user:65534:r--");
    // It is another file that took the place of the old one, never the old one overwritten.
    expect((await stat(path)).ino).not.toBe(was.inode);
  });
});

describe("an editor", () => {
  it("that truncates the file changes nothing", async () => {
    const { exitCode, output } = await edit(await editor(': > "$file"'));
    expect(output).toContain("left an empty file. Nothing was changed.");
    expect(exitCode).toBe(0);
    expect(await content()).toBe(before);
  });
  it("that goes on in the background loses nothing: what it saves is private, and offered at the next edit", async () => {
    const late = `(trap "" HUP; sleep 1; printf '%s' '${after}' > "$file") > /dev/null 2>&1 & exit 0`;
    const { output } = await edit(await editor(late));
    expect(output).toContain("Nothing was changed.");
    expect(output).toContain("option to wait");
    await expect.poll(copy, { timeout: 10_000 }).toBe(after);
    expect((await stat(join(folder, ".config.yaml.edit"))).mode & 0o077).toBe(0);
    const next = await edit("true", [{ after: "Go on with it?", type: "y\n" }]);
    expect(next.output).toContain("+  memory: 2G");
    expect(await content()).toBe(after);
  });
  it("is opened at the line of the first problem", async () => {
    const script = `echo "$*" >> '${root}/asked'; sed -i 's/1G/4GB/' "$file"`;
    await edit(await editor(script, "nano"), [
      { after: "What now?", type: "e\n" },
      { after: "What now?", type: "x\n" },
    ]);
    const [first, second] = (await readFile(join(root, "asked"), "utf8")).trim().split("\n");
    expect(first).toBe(join(folder, ".config.yaml.edit"));
    expect(second).toBe(`+3 ${join(folder, ".config.yaml.edit")}`);
  });
  it("may be nano", async () => {
    const { exitCode } = await edit("nano --ignorercfiles", [
      { after: "memory", type: "\u001F" },
      { after: "line number", type: "3\r" },
      { after: "", type: "\u000B  memory: 2G # each\u000F" },
      { after: "Write", type: "\r" },
      { after: "Wrote", type: "\u0018" },
    ]);
    expect(exitCode).toBe(0);
    expect(await content()).toBe(after);
  });
});

describe("a second person", () => {
  it("is told who is at work, since when and where", async () => {
    const started = Date.now();
    const first = edit(await editor('touch "$0.open"; sleep 4; sed -i s/1G/2G/ "$file"'));
    await expect.poll(() => readdir(root), { timeout: 20_000 }).toContain("editor.open");
    const second = await onTerminal(homeroom("config edit"), { env: {}, typed: [] });
    expect(second.exitCode).toBe(75);
    const words =
      /`homeroom config edit` of (\S+) is at work since (\S+) \(process (\d+), (\/dev\/pts\/\d+)\)/.exec(
        second.output,
      );
    expect(words?.[1]).toBe(userInfo().username);
    expect(Date.parse(words?.[2] ?? "")).toBeGreaterThanOrEqual(started);
    expect(Number(words?.[3])).toBeGreaterThan(1);
    await first;
    expect(await content()).toBe(after);
  });
});

describe("on a full disk", () => {
  /** Runs shell lines where /etc/homeroom is a disk of 64 KiB; `fill` leaves no room on it. */
  function onSmallDisk(lines: string): string {
    const script = `set -e
      mount -t tmpfs -o size=64k none '${folder}'
      printf '%s' '${before}' > '${path}'
      fill() { cat /dev/zero > '${folder}/fill' 2> /dev/null || true; }
      ${lines}`;
    return execFileSync("unshare", ["--map-root-user", "--mount", "sh", "-c", script], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  it("saving leaves the old file, keeps the text and says so", async () => {
    const name = await editor(`sed -i s/1G/2G/ "$file"; cat /dev/zero > '${folder}/fill'`);
    const said = onSmallDisk(`status=0
      SUDO_EDITOR='${name}' ${homeroom("config edit --no-apply")} 2>&1 || status=$?
      echo "exit $status"; cat '${path}'; cat '${folder}/.config.yaml.edit'; ls -A '${folder}'`);
    expect(said).toContain("config.yaml could not be written: the disk is full.");
    expect(said).toContain("Your text is kept in");
    expect(said).toContain("exit 1\n" + before + after + ".config.yaml.edit\nconfig.yaml\nfill\n");
  });
  it.each(["edit", "set limits.memory=2G"])("config %s does not even begin", async (words) => {
    const said = onSmallDisk(`fill; status=0
      SUDO_EDITOR=true ${homeroom(`config ${words} --no-apply`)} 2>&1 || status=$?
      echo "exit $status"; cat '${path}'; ls -A '${folder}'`);
    expect(said).toContain("disk is full");
    expect(said).toContain(`exit 1\n${before}config.yaml\nfill\n`);
  });
});

describe("killed", () => {
  /** Starts an edit whose editor saves at once, as a group of processes. */
  function start(name: string) {
    return spawn(process.execPath, [main, "--root", root, "config", "edit", "--no-apply"], {
      env: { PATH: process.env["PATH"], SUDO_EDITOR: name },
      stdio: "ignore",
      detached: true,
    });
  }

  it("at any moment, the file is the old or the new one, and the next edit goes on", async () => {
    const name = await editor('sed -i s/1G/2G/ "$file"');
    const began = performance.now();
    await new Promise((resolve) => start(name).once("exit", resolve));
    const whole = performance.now() - began;
    expect(await content()).toBe(after);
    const rounds = 12;
    for (let round = 0; round < rounds; round += 1) {
      await writeFile(path, before);
      const child = start(name);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await setTimeout((whole * (round + 1)) / rounds);
      try {
        process.kill(-(child.pid ?? 0), "SIGKILL");
      } catch {
        // It was done already.
      }
      await ended;
      expect([before, after]).toContain(await content());
    }
    await writeFile(path, before);
    const left = await copy().catch(() => undefined);
    const { exitCode } = await edit(
      name,
      left === undefined || left === before ? [] : [{ after: "Go on", type: "y\n" }],
    );
    expect(exitCode).toBe(0);
    expect(await content()).toBe(after);
  });
  it("by a closed terminal, the file is as it was and the text is offered at the next edit", async () => {
    const child = start(await editor('sed -i s/1G/2G/ "$file"; touch "$0.saved"; sleep 30'));
    const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
    await expect.poll(() => readdir(root), { timeout: 20_000 }).toContain("editor.saved");
    process.kill(-(child.pid ?? 0), "SIGHUP");
    expect(await ended).toBe("SIGHUP");
    expect(await content()).toBe(before);
    const { output } = await edit("true", [{ after: "Go on with it?", type: "y\n" }]);
    expect(output).toContain("An earlier edit was left unfinished.");
    expect(await content()).toBe(after);
  });
});
