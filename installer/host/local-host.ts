import { constants } from "node:fs";
import {
  chmod,
  chown,
  lchown,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  rename,
  rm,
  rmdir,
  unlink,
} from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createAtomically, linkAtomically, syncDirectory, writeAtomically } from "./atomic-file.ts";
import { queryProcess } from "./query-process.ts";
import type { FileOwner, FileStat, Host, RunOptions, RunResult } from "./host.ts";

export interface HostOptions {
  /** Where the machine's `/` is; another place only in tests and with `--root`. */
  root?: string;
  /** Told of every process and file change, for `--trace`; never of contents or input. */
  trace?: (line: string) => void;
}

/** The machine that this process runs on. */
export function createHost({ root = "/", trace = () => undefined }: HostOptions = {}): Host {
  // Processes are this system's, whatever the root is.
  const at = (path: string) => (root === "/" || path.startsWith("/proc/") ? path : join(root, path));
  /** Another root belongs to whoever runs the tests; only the real one has accounts to give files to. */
  const owned = (owner: FileOwner): FileOwner =>
    root === "/" || process.getuid?.() === 0
      ? owner
      : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const start = async (argv: readonly string[], options?: RunOptions): Promise<RunResult> => {
    trace(`run ${argv.join(" ")}`);
    const { runProcess } = await import("./run-process.ts");
    return runProcess(argv, options);
  };

  return {
    realPath: at,
    stat: (path) => unlessMissing(statOf(at(path))),
    read: (path) => unlessMissing(readFileItself(at(path))),
    readEnds: (path, bytes) => unlessMissing(readEndsOf(at(path), bytes)),
    readLink: (path) => unlessMissing(readlink(at(path))),
    list: async (path) => ((await unlessMissing(readdir(at(path)))) ?? []).toSorted(),
    // Node's http module is slow to load, and most commands ask nobody.
    get: async (address, options) => (await import("./get.ts")).get(address, options),
    async query(argv, options) {
      trace(`query ${argv.join(" ")}`);
      const answer = await queryProcess(argv, options);
      // Asking again costs little, and the long way round explains what is wrong.
      return answer !== undefined && (options?.okCodes ?? [0]).includes(answer.exitCode)
        ? answer
        : start(argv, options);
    },
    run: start,
    async download(address, options) {
      const { download, withoutCredentials } = await import("./download.ts");
      trace(`download ${withoutCredentials(address).href}`);
      return download(address, options);
    },
    async write(path, content, { mode, uid, gid, like }) {
      trace(`write ${path} (mode ${mode.toString(8)})`);
      const finish = like === undefined ? undefined : (temporary: string) => copyRights(at(like), temporary);
      await writeAtomically(at(path), content, { mode, ...owned({ uid, gid }) }, finish);
    },
    async create(path, content, { mode, uid, gid }) {
      trace(`create ${path} (mode ${mode.toString(8)})`);
      return createAtomically(at(path), content, { mode, ...owned({ uid, gid }) });
    },
    async makeDirectory(path, { mode, uid, gid }) {
      trace(`directory ${path} (mode ${mode.toString(8)})`);
      const owner = owned({ uid, gid });
      const real = at(path);
      const there = await unlessMissing(statOf(real));
      if (there === undefined) {
        await mkdir(real, { mode: 0o700 });
      } else if (there.kind !== "directory") {
        throw Object.assign(new Error(`${path} is there and is not a directory`), { code: "ENOTDIR" });
      }
      await chown(real, owner.uid, owner.gid);
      await chmod(real, mode);
      await syncDirectory(dirname(real));
    },
    async link(path, target) {
      trace(`link ${path} -> ${target}`);
      await linkAtomically(at(path), target, owned({ uid: 0, gid: 0 }));
    },
    async rename(from, to) {
      trace(`rename ${from} to ${to}`);
      await rename(at(from), at(to));
      await syncDirectory(dirname(at(to)));
      if (dirname(from) !== dirname(to)) await syncDirectory(dirname(at(from)));
    },
    async remove(path) {
      const there = await unlessMissing(statOf(at(path)));
      if (there === undefined) return;
      trace(`remove ${path}`);
      await (there.kind === "directory" ? rmdir(at(path)) : unlink(at(path)));
      await syncDirectory(dirname(at(path)));
    },
    async removeTree(path) {
      trace(`remove tree ${path}`);
      await rm(at(path), { recursive: true, force: true });
    },
    async append(path, line, { mode }) {
      const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
      const fresh = (await unlessMissing(statOf(at(path)))) === undefined;
      const file = await open(at(path), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode);
      try {
        await file.appendFile(line.endsWith("\n") ? line : `${line}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      if (fresh) {
        await lchown(at(path), ...ownerPair(owned({ uid: 0, gid: 0 })));
        await syncDirectory(dirname(at(path)));
      }
    },
  };
}

/** Owner, mode and ACL by cp(1), which Debian links with libacl: Node knows no ACLs. */
async function copyRights(from: string, to: string): Promise<void> {
  const argv = ["cp", "--attributes-only", "--preserve=mode,ownership", "--", from, to];
  if ((await queryProcess(argv))?.exitCode === 0) return;
  // Once more, the way that says what is wrong.
  const { runProcess } = await import("./run-process.ts");
  await runProcess(argv);
}

async function statOf(path: string): Promise<FileStat> {
  const s = await lstat(path);
  const kind = s.isFile() ? "file" : s.isDirectory() ? "directory" : s.isSymbolicLink() ? "link" : "other";
  return {
    kind,
    mode: s.mode & 0o7777,
    uid: s.uid,
    gid: s.gid,
    size: s.size,
    mtimeMs: s.mtimeMs,
    inode: s.ino,
  };
}

/** Undefined where something else than a file has the name: a link is not followed, a pipe not waited for. */
async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ELOOP" || error.code === "ENXIO") return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    return (await file.stat()).isFile() ? await use(file) : undefined;
  } finally {
    await file.close();
  }
}

function readFileItself(path: string): Promise<Buffer | undefined> {
  return withFile(path, (file) => file.readFile());
}

function readEndsOf(path: string, bytes: number): Promise<{ head: Buffer; tail: Buffer } | undefined> {
  return withFile(path, async (file) => {
    const { size } = await file.stat();
    const part = async (position: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(bytes, size)), { position });
      return buffer.subarray(0, bytesRead);
    };
    return { head: await part(0), tail: await part(Math.max(0, size - bytes)) };
  });
}

async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

function ownerPair({ uid, gid }: FileOwner): [number, number] {
  return [uid, gid];
}
