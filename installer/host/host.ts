/** What `lstat` says of one path; a link is reported as itself, never followed. */
export interface FileStat {
  kind: "file" | "directory" | "link" | "other";
  /** Permission bits only, as in 0o644. */
  mode: number;
  uid: number;
  gid: number;
  /** Bytes. */
  size: number;
  /** Milliseconds since 1970, with fractions. */
  mtimeMs: number;
  inode: number;
}

export interface FileOwner {
  uid: number;
  gid: number;
}

export interface WriteOptions extends FileOwner {
  mode: number;
  /** A file whose ACL the new one gets too. */
  like?: string;
}

export interface RunOptions {
  /** Written to the process's standard input; without it standard input is empty. */
  input?: string | Uint8Array;
  /** Added to a minimal environment (PATH, LANG=C.UTF-8, HOME and the proxy and CA variables). */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Milliseconds until the process is killed; every process has a limit. */
  timeoutMs?: number;
  /** Runs as this account, without root's groups or capabilities. */
  as?: FileOwner;
  /** Rights that new files lack, as in umask(2); this process's own where nothing is said. */
  umask?: number;
  /** Exit codes that are an answer rather than an error; [0] where nothing is said. */
  okCodes?: readonly number[];
  /** Each line of standard error or output as it arrives (for progress). */
  onLine?: (line: string) => void;
  /** Ends the process (SIGTERM, then SIGKILL). */
  signal?: AbortSignal;
}

export interface DownloadOptions {
  signal: AbortSignal;
  accept?: string;
  /** HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE, where they are not this process's own; those of the first download count. */
  variables?: Readonly<Record<string, string>>;
}

export interface RunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * The machine, for reading. Planning gets only this: the compiler forbids a plan that changes things.
 * Paths are absolute paths of the machine; the host adds its root (`--root`). Missing things read as undefined.
 */
export interface HostReader {
  stat(path: string): Promise<FileStat | undefined>;
  /** The file's bytes; undefined where there is none, or something else. Does not follow a link in the last component. */
  read(path: string): Promise<Buffer | undefined>;
  /** The file's first and last bytes, which overlap where it is short. */
  readEnds(path: string, bytes: number): Promise<{ head: Buffer; tail: Buffer } | undefined>;
  readLink(path: string): Promise<string | undefined>;
  /** Names in a directory, sorted; [] where there is none. */
  list(path: string): Promise<string[]>;
  /** A process that only reads (systemctl show, dpkg-query). Throws HomeroomError on an unexpected exit code. */
  query(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** An HTTP GET of this machine's own services, redirects not followed; undefined where nobody answers in time. */
  get(address: string, options: { timeoutMs: number }): Promise<{ status: number; body: string } | undefined>;
  /** The path as this process must open it, root included. */
  realPath(path: string): string;
}

/** The machine, for changing. Every file is written to a temporary name, fsynced, renamed, its directory fsynced. */
export interface Host extends HostReader {
  write(path: string, content: string | Uint8Array, options: WriteOptions): Promise<void>;
  /** Makes a new file; false, and nothing done, where something of that name is there. */
  create(path: string, content: string, options: { mode: number } & FileOwner): Promise<boolean>;
  makeDirectory(path: string, options: { mode: number } & FileOwner): Promise<void>;
  /** Makes or atomically replaces a symbolic link. */
  link(path: string, target: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, link or empty directory; nothing where there is none. */
  remove(path: string): Promise<void>;
  /** Removes a whole tree without following links. */
  removeTree(path: string): Promise<void>;
  /** Appends one line and fsyncs it (the journal). */
  append(path: string, line: string, options: { mode: number }): Promise<void>;
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** An HTTP GET of a public address, through the machine's proxy and with its certificates. Throws unless it is 2xx. */
  download(address: string, options: DownloadOptions): Promise<Buffer>;
}
