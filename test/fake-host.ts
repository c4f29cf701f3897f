import { createHash } from "node:crypto";
import type { FileOwner, FileStat, Host, RunOptions, RunResult } from "../installer/host/host.ts";
import { HomeroomError } from "../installer/errors.ts";

/** What a program would do: its answer (a string is standard output), after whatever it does to the machine. */
export type Program = (
  args: readonly string[],
  machine: FakeHost,
  options: RunOptions,
) => string | Partial<RunResult>;

/** What goes wrong at one change of the machine, counted from 0. */
export interface Fault {
  at: number;
  /** "fail": this change alone, with an error. "kill": everything from here on, as if the process were gone. */
  kind: "fail" | "kill";
  /** Whether the change itself still happens. */
  when: "before" | "after";
}

interface Entry extends FileOwner {
  kind: FileStat["kind"];
  mode: number;
  /** A file's bytes or a link's target. */
  content: Buffer;
  inode: number;
  mtimeMs: number;
}

/** A machine in memory: files with modes and owners, links, directories, and programs that tests write. */
export class FakeHost implements Host {
  /** Every process that may change something, in order, as its exact argv. */
  readonly ran: string[][] = [];
  /** Options of the processes in `ran`. */
  readonly ranWith: RunOptions[] = [];
  /** Every process that only reads. */
  readonly queried: string[][] = [];
  /** Every change, as "write /etc/passwd" or "run useradd …". */
  readonly changes: string[] = [];
  /** Every file that was read, in order. */
  readonly reads: string[] = [];
  readonly downloads: string[] = [];
  /** Programs by name. One that is not here is not on the machine. */
  readonly programs: Record<string, Program>;
  /** What public addresses hold. */
  readonly web = new Map<string, string | Uint8Array>();
  /** What the machine's own services answer. */
  pages: (address: string) => { status: number; body: string } | undefined = () => undefined;
  #fault: Fault | undefined;
  #dead = false;
  #serial = 0;
  readonly #entries = new Map<string, Entry>();

  constructor(
    files: Readonly<Record<string, string>> = {},
    programs: Readonly<Record<string, Program>> = {},
  ) {
    this.programs = { ...programs };
    this.put("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
    this.put("/etc/group", "root:x:0:\n");
    for (const [path, text] of Object.entries(files)) this.put(path, text);
  }

  /** Puts a file there behind everybody's back, with the directories above it. */
  put(path: string, content: string | Uint8Array, { mode = 0o644, uid = 0, gid = 0 } = {}): void {
    this.#makeParents(path);
    this.#set(path, { kind: "file", mode, uid, gid, content: Buffer.from(content) });
  }

  putDirectory(path: string, { mode = 0o755, uid = 0, gid = 0 } = {}): void {
    this.#makeParents(path);
    this.#set(path, { kind: "directory", mode, uid, gid, content: Buffer.alloc(0) });
  }

  putLink(path: string, target: string): void {
    this.#makeParents(path);
    this.#set(path, { kind: "link", mode: 0o777, uid: 0, gid: 0, content: Buffer.from(target) });
  }

  /** Removes a path and all below it behind everybody's back. */
  take(path: string): void {
    for (const name of this.#entries.keys()) {
      if (name === path || name.startsWith(`${path}/`)) this.#entries.delete(name);
    }
  }

  /** A file's text; undefined where there is no file. */
  text(path: string): string | undefined {
    const entry = this.#entries.get(path);
    return entry?.kind === "file" ? entry.content.toString("utf8") : undefined;
  }

  /** Names in a directory. */
  names(path: string): string[] {
    return this.#childrenOf(path);
  }

  /** Lets one of the changes from now on go wrong; the count starts anew. */
  inject(fault: Fault | undefined): void {
    this.#fault = fault;
    this.#dead = false;
    this.changes.length = 0;
  }

  /** Whether the fault has struck. */
  get struck(): boolean {
    return this.#fault !== undefined && this.changes.length > this.#fault.at;
  }

  /** Everything on the machine, a line a path, without what is below `except`. */
  manifest(except: readonly string[] = []): string[] {
    return [...this.#entries]
      .filter(([path]) => !except.some((folder) => path === folder || path.startsWith(`${folder}/`)))
      .map(([path, { kind, mode, uid, gid, content }]) => {
        const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
        const what = kind === "link" ? content.toString("utf8") : kind === "file" ? hash : "";
        return `${path} ${kind} ${mode.toString(8)} ${uid}:${gid} ${what}`.trimEnd();
      })
      .toSorted();
  }

  realPath(path: string): string {
    return path;
  }

  async stat(path: string): Promise<FileStat | undefined> {
    this.#refuseIfDead();
    const entry = this.#entries.get(path);
    if (entry === undefined) return undefined;
    const { kind, mode, uid, gid, mtimeMs, inode, content } = entry;
    return { kind, mode, uid, gid, mtimeMs, inode, size: content.length };
  }

  async read(path: string): Promise<Buffer | undefined> {
    this.#refuseIfDead();
    this.reads.push(path);
    const entry = this.#entries.get(path);
    return entry?.kind === "file" ? Buffer.from(entry.content) : undefined;
  }

  async readEnds(path: string, bytes: number): Promise<{ head: Buffer; tail: Buffer } | undefined> {
    const content = await this.read(path);
    return content && { head: content.subarray(0, bytes), tail: content.subarray(-bytes) };
  }

  async readLink(path: string): Promise<string | undefined> {
    this.#refuseIfDead();
    const entry = this.#entries.get(path);
    return entry?.kind === "link" ? entry.content.toString("utf8") : undefined;
  }

  async list(path: string): Promise<string[]> {
    this.#refuseIfDead();
    return this.#childrenOf(path);
  }

  async query(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    this.#refuseIfDead();
    this.queried.push([...argv]);
    return this.#start(argv, options);
  }

  async get(address: string): Promise<{ status: number; body: string } | undefined> {
    this.#refuseIfDead();
    return this.pages(address);
  }

  write(path: string, content: string | Uint8Array, { mode, uid, gid }: { mode: number } & FileOwner) {
    return this.#change(`write ${path}`, () => {
      this.#needParent(path);
      if (this.#entries.get(path)?.kind === "directory") throw coded("EISDIR", path);
      this.#set(path, { kind: "file", mode, uid, gid, content: Buffer.from(content) });
    });
  }

  create(path: string, content: string, { mode, uid, gid }: { mode: number } & FileOwner): Promise<boolean> {
    return this.#change(`create ${path}`, () => {
      this.#needParent(path);
      if (this.#entries.has(path)) return false;
      this.#set(path, { kind: "file", mode, uid, gid, content: Buffer.from(content) });
      return true;
    });
  }

  makeDirectory(path: string, { mode, uid, gid }: { mode: number } & FileOwner): Promise<void> {
    return this.#change(`directory ${path}`, () => {
      this.#needParent(path);
      const there = this.#entries.get(path);
      if (there !== undefined && there.kind !== "directory") throw coded("ENOTDIR", path);
      this.#set(path, { kind: "directory", mode, uid, gid, content: Buffer.alloc(0) });
    });
  }

  link(path: string, target: string): Promise<void> {
    return this.#change(`link ${path}`, () => {
      this.#needParent(path);
      this.#set(path, { kind: "link", mode: 0o777, uid: 0, gid: 0, content: Buffer.from(target) });
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#change(`rename ${from} ${to}`, () => {
      const moved = [...this.#entries].filter(([path]) => path === from || path.startsWith(`${from}/`));
      if (moved.length === 0) throw coded("ENOENT", from);
      this.#needParent(to);
      for (const [path, entry] of moved) {
        this.#entries.delete(path);
        this.#entries.set(`${to}${path.slice(from.length)}`, entry);
      }
    });
  }

  async remove(path: string): Promise<void> {
    this.#refuseIfDead();
    if (!this.#entries.has(path)) return;
    await this.#change(`remove ${path}`, () => {
      if (this.#childrenOf(path).length > 0) throw coded("ENOTEMPTY", path);
      this.#entries.delete(path);
    });
  }

  async removeTree(path: string): Promise<void> {
    this.#refuseIfDead();
    if (!this.#entries.has(path)) return;
    await this.#change(`remove tree ${path}`, () => this.take(path));
  }

  append(path: string, line: string, { mode }: { mode: number }): Promise<void> {
    return this.#change(`append ${path}`, () => {
      this.#needParent(path);
      const text = line.endsWith("\n") ? line : `${line}\n`;
      const there = this.#entries.get(path);
      const content = Buffer.concat([there?.content ?? Buffer.alloc(0), Buffer.from(text)]);
      this.#set(path, { kind: "file", mode, uid: 0, gid: 0, ...there, content });
    });
  }

  run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.#change(`run ${argv.join(" ")}`, () => {
      this.ran.push([...argv]);
      this.ranWith.push(options);
      return this.#start(argv, options);
    });
  }

  async download(address: string): Promise<Buffer> {
    this.#refuseIfDead();
    this.downloads.push(address);
    const content = this.web.get(address);
    if (content === undefined) throw new Error(`${address} answered 404`);
    return Buffer.from(content);
  }

  async #change<Result>(what: string, act: () => Result): Promise<Result> {
    this.#refuseIfDead();
    const number = this.changes.length;
    this.changes.push(what);
    const fault = this.#fault?.at === number ? this.#fault : undefined;
    const result = fault?.when === "before" ? undefined : act();
    // Nothing is done at once: whoever forgets to wait is found out.
    await Promise.resolve();
    if (fault === undefined) return result as Result;
    this.#dead = fault.kind === "kill";
    throw new HomeroomError(`${fault.kind} ${fault.when}: ${what}`, { remedy: "None: it is a test." });
  }

  #refuseIfDead(): void {
    if (this.#dead) throw new Error("killed");
  }

  #start(argv: readonly string[], options: RunOptions): RunResult {
    const [name = "", ...args] = argv;
    const program = this.programs[name];
    if (program === undefined) {
      throw new HomeroomError(`The program ${name} is not on this machine.`, { remedy: "Install it." });
    }
    const answer = program(args, this, options);
    const said = typeof answer === "string" ? { stdout: answer } : answer;
    const result = { exitCode: 0, stdout: "", stderr: "", ...said };
    if ((options.okCodes ?? [0]).includes(result.exitCode)) return result;
    throw new HomeroomError(`\`${name}\` failed with exit code ${result.exitCode}.`, {
      remedy: `It said: ${result.stderr || result.stdout}`,
    });
  }

  #set(path: string, entry: Omit<Entry, "inode" | "mtimeMs">): void {
    this.#serial += 1;
    this.#entries.set(path, { ...entry, inode: this.#serial, mtimeMs: this.#serial });
  }

  #childrenOf(path: string): string[] {
    const start = path === "/" ? "/" : `${path}/`;
    return [...this.#entries.keys()]
      .filter((name) => name.startsWith(start) && name !== "/" && !name.slice(start.length).includes("/"))
      .map((name) => name.slice(start.length))
      .toSorted();
  }

  #makeParents(path: string): void {
    const parent = parentOf(path);
    if (parent !== "/" && !this.#entries.has(parent)) this.putDirectory(parent);
  }

  #needParent(path: string): void {
    const parent = parentOf(path);
    if (parent === "/") return;
    const kind = this.#entries.get(parent)?.kind;
    if (kind !== "directory") throw coded(kind === undefined ? "ENOENT" : "ENOTDIR", path);
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function coded(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
