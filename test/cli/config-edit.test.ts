import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Said } from "../type-into.ts";
import { onTerminal } from "./terminal.ts";

const main = join(import.meta.dirname, "../../installer/cli/main.ts");
const text = "# mine\nlimits:\n  memory: 1G # each\n";
let root: string;
let path: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "homeroom-edit-"));
  path = join(root, "etc/homeroom/config.yaml");
  await mkdir(join(root, "etc/homeroom"), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

/** Runs `homeroom config edit --no-apply` in a pseudo-terminal of its own and types as a person would. */
function edit(editor: string, typed: readonly Said[] = []): Promise<{ exitCode: number; output: string }> {
  const command = `'${process.execPath}' '${main}' --root '${root}' config edit --no-apply`;
  return onTerminal(command, { env: { SUDO_EDITOR: editor, HOME: root }, typed });
}

/** An editor as a shell script; $1 is the file, the last argument. */
async function editor(script: string): Promise<string> {
  const file = join(root, "an editor");
  await writeFile(file, `#!/bin/sh\nfor last; do :; done\nset -- "$last"\n${script}\n`);
  await chmod(file, 0o755);
  return `'${file}' --wait "two words"`;
}

async function content(): Promise<string> {
  return readFile(path, "utf8");
}

async function leftovers(): Promise<string[]> {
  return (await readdir(join(root, "etc/homeroom"))).filter((name) => name !== "config.yaml");
}

const whatNow = "What now?";

describe("config edit", () => {
  it("saves a good change, with the file's mode, and leaves nothing behind", async () => {
    await chmod(path, 0o640);
    const { exitCode, output } = await edit(await editor('sed -i s/1G/2G/ "$1"'));
    expect(output).toContain("Written.");
    expect(exitCode).toBe(0);
    expect(await content()).toBe(text.replace("1G", "2G"));
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await leftovers()).toEqual([]);
  });
  it("says that nothing was changed", async () => {
    const { exitCode, output } = await edit("true");
    expect(output).toContain("Nothing was changed.");
    expect(exitCode).toBe(0);
    expect(await leftovers()).toEqual([]);
  });
  it("shows what is wrong and edits again at its line", async () => {
    const script = `case "$*" in *) if grep -q 4GB "$1"; then sed -i s/4GB/4G/ "$1"; else sed -i s/1G/4GB/ "$1"; fi; esac`;
    const { exitCode, output } = await edit(await editor(script), [{ after: whatNow, type: "e\n" }]);
    expect(output).toContain("Write 4G.");
    expect(exitCode).toBe(0);
    expect(await content()).toBe(text.replace("1G", "4G"));
  });
  it("leaves the file and keeps the copy on x, on the end of input and on Ctrl-C", async () => {
    for (const type of ["x\n", "\u0004", "\u0003"]) {
      const { exitCode, output } = await edit(await editor('sed -i s/1G/4GB/ "$1"'), [
        { after: "What now?", type },
      ]);
      expect(output).toContain("Your text is kept in");
      expect(exitCode).toBe(1);
      expect(await content()).toBe(text);
      expect(await leftovers()).toEqual([".config.yaml.edit"]);
      await rm(join(root, "etc/homeroom/.config.yaml.edit"));
    }
  });
  it("saves errors anyway on Q, but nothing that cannot be read", async () => {
    const bad = await edit(await editor("echo 'a: b: c' >> \"$1\""), [{ after: whatNow, type: "Q\nx\n" }]);
    expect(bad.output).not.toContain("(Q)uit");
    expect(await content()).toBe(text);
    await rm(join(root, "etc/homeroom/.config.yaml.edit"));
    const wrong = await edit(await editor('sed -i s/1G/4GB/ "$1"'), [{ after: whatNow, type: "Q\n" }]);
    expect(wrong.output).toContain("Saved with its errors");
    expect(await content()).toBe(text.replace("1G", "4GB"));
  });
  it("offers what an earlier edit left", async () => {
    await writeFile(join(root, "etc/homeroom/.config.yaml.edit"), text.replace("1G", "3G"));
    const { output } = await edit("true", [{ after: "Go on with it?", type: "y\n" }]);
    expect(output).toContain("Written.");
    expect(await content()).toBe(text.replace("1G", "3G"));
  });
  it("follows a link and keeps it", async () => {
    await rm(path);
    await writeFile(join(root, "kept.yaml"), text);
    await symlink("../../kept.yaml", path);
    await edit(await editor('sed -i s/1G/2G/ "$1"'));
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
    expect(await content()).toBe(text.replace("1G", "2G"));
  });
  it("merges with what somebody else wrote meanwhile", async () => {
    const script = `sed -i s/1G/2G/ "$1"; printf 'http:\\n  port: 81\\n' >> '${path}'`;
    await writeFile(path, `${text}\nusers: {}\n\nservices: {}\n\n# the end\n`);
    const { output } = await edit(await editor(script), [{ after: "(m)erge", type: "m\n" }]);
    expect(output).toContain("+  port: 81");
    expect(await content()).toBe(
      `${text.replace("1G", "2G")}\nusers: {}\n\nservices: {}\n\n# the end\nhttp:\n  port: 81\n`,
    );
  });
  it("loses neither where both touched one line", async () => {
    const script = `sed -i s/1G/2G/ "$1"; sed -i s/1G/3G/ '${path}'`;
    const { output } = await edit(await editor(script), [{ after: "same lines.", type: "x\n" }]);
    expect(output).toContain("+  memory: 3G");
    expect(await content()).toBe(text.replace("1G", "3G"));
    expect(await readFile(join(root, "etc/homeroom/.config.yaml.edit"), "utf8")).toBe(
      text.replace("1G", "2G"),
    );
  });
});

describe("editors that behave badly", () => {
  it.each([
    ["exits 1 after saving", 'sed -i s/1G/2G/ "$1"; exit 1'],
    ["writes a new inode", 'sed s/1G/2G/ "$1" > "$1.new"; mv "$1.new" "$1"'],
    ["is killed after saving", 'sed -i s/1G/2G/ "$1"; kill -9 $$'],
  ])("saves what one that %s wrote", async (_, script) => {
    const { exitCode } = await edit(await editor(script));
    expect(exitCode).toBe(0);
    expect(await content()).toBe(text.replace("1G", "2G"));
    expect(await leftovers()).toEqual([]);
  });
  it.each([
    ["deletes the file", 'rm "$1"', "left no file"],
    ["forks to the background", "(sleep 0.2) & exit 0", "Nothing was changed."],
  ])("changes nothing where one %s", async (_, script, words) => {
    const { output } = await edit(await editor(script));
    expect(output).toContain(words);
    expect(await content()).toBe(text);
  });
  it("refuses invalid UTF-8 and keeps it", async () => {
    const { output } = await edit(await editor(`printf '# caf\\351\\n' >> "$1"`), [
      { after: whatNow, type: "x\n" },
    ]);
    expect(output).toContain("not UTF-8");
    expect(await content()).toBe(text);
  });
  it("says which editor cannot be started", async () => {
    const { exitCode, output } = await edit("/no/such/editor");
    expect(exitCode).toBe(1);
    expect(output).toContain("/no/such/editor");
    expect(await content()).toBe(text);
  });
});

describe("real editors", () => {
  it("ed", async () => {
    const { exitCode } = await edit("ed -p ready:", [{ after: "ready:", type: "3s/1G/2G/\nw\nq\n" }]);
    expect(exitCode).toBe(0);
    expect(await content()).toBe(text.replace("1G", "2G"));
  });
  it("vim", async () => {
    const { exitCode } = await edit("vim -u NONE -n", [{ after: "memory", type: ":3s/1G/2G/\r:wq\r" }]);
    expect(exitCode).toBe(0);
    expect(await content()).toBe(text.replace("1G", "2G"));
  });
});
