import type { Host, HostReader, RunOptions, RunResult } from "../../../installer/host/host.ts";

export interface FakeHost extends HostReader {
  /** Every process that was asked for, in order. */
  readonly ran: string[][];
}

/**
 * A machine of a few files and links, and of answers to processes: by the whole command line, else by the program.
 * A string is standard output with exit code 0.
 */
export function fakeHost(
  files: Readonly<Record<string, string | { link: string }>>,
  answers: Readonly<Record<string, string | Partial<RunResult>>> = {},
): FakeHost & Host {
  const ran: string[][] = [];
  const start = async (argv: readonly string[], options: RunOptions = {}): Promise<RunResult> => {
    ran.push([...argv]);
    const answer = answers[argv.join(" ")] ?? answers[argv[0] ?? ""] ?? "";
    const result = {
      exitCode: 0,
      stdout: "",
      stderr: "",
      ...(typeof answer === "string" ? { stdout: answer } : answer),
    };
    if (!(options.okCodes ?? [0]).includes(result.exitCode)) throw new Error(`exit code ${result.exitCode}`);
    return await Promise.resolve(result);
  };
  const reader: FakeHost = {
    ran,
    realPath: (path) => path,
    stat: async (path) => {
      const file = files[path];
      if (file === undefined) return await Promise.resolve(undefined);
      const kind = typeof file === "string" ? "file" : "link";
      return { kind, mode: 0o644, uid: 0, gid: 0, size: 0, mtimeMs: 0, inode: 1 };
    },
    read: async (path) => {
      const file = files[path];
      return await Promise.resolve(typeof file === "string" ? Buffer.from(file) : undefined);
    },
    readEnds: async () => await Promise.resolve(undefined),
    readLink: async (path) => {
      const file = files[path];
      return await Promise.resolve(typeof file === "object" ? file.link : undefined);
    },
    list: async (path) => {
      const inside = Object.keys(files).filter((name) => name.startsWith(`${path}/`));
      return await Promise.resolve(inside.map((name) => name.slice(path.length + 1)).toSorted());
    },
    query: start,
    get: async () => await Promise.resolve(undefined),
  };
  // Whatever would change the machine and is no process is not there: a test that needs it fails.
  return { ...reader, run: start } as FakeHost & Host;
}
