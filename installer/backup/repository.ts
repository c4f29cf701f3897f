import { HomeroomError } from "../errors.ts";
import type { Host, HostReader, RunOptions, RunResult } from "../host/host.ts";

/** Where copies go, and what opens them; none of it is secret itself. */
export interface Repository {
  /** As restic writes it: a directory, sftp:user@host:/path, s3:https://host/bucket. */
  address: string;
  /** Holds the password that everything is encrypted with. */
  passwordFile: string;
  /** Lines NAME=VALUE for restic (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY); null where none are needed. */
  keysFile: string | null;
}

/** What a keys file may say; anything else could make root run or load something (restic(1), "Environment Variables"). */
const keyNames = /^(?:AWS_[A-Z_]+|RESTIC_COMPRESSION)$/;
const day = 24 * 60 * 60_000;

/**
 * Runs restic on a repository, with secrets by file and environment, never on the command line.
 * @throws HomeroomError where a file is missing or open to others, or restic fails, with what to do
 */
export async function restic(
  host: Host,
  { address, passwordFile, keysFile }: Repository,
  args: readonly string[],
  { okCodes = [0], ...options }: RunOptions = {},
): Promise<RunResult> {
  await readPrivate(host, passwordFile);
  const keys = keysFile === null ? {} : keysIn(keysFile, await readPrivate(host, keysFile));
  const env = {
    RESTIC_REPOSITORY: address,
    RESTIC_PASSWORD_FILE: host.realPath(passwordFile),
    RESTIC_CACHE_DIR: "/var/cache/homeroom/restic",
    ...keys,
  };
  const result = await host.run(["restic", ...args], {
    timeoutMs: day,
    ...options,
    env,
    okCodes: [0, 1, 3, 10, 11, 12],
  });
  if (okCodes.includes(result.exitCode)) return result;
  throw new HomeroomError(...inWords(address, passwordFile, result.stderr));
}

/** Whether there is a repository of restic's at the address yet. @throws HomeroomError where that cannot be said */
export async function isRepository(host: Host, repository: Repository): Promise<boolean> {
  const { exitCode, stderr } = await restic(host, repository, ["cat", "config"], {
    okCodes: [0, 1, 10],
  });
  if (exitCode === 0) return true;
  if (/Is there a repository|unable to open config file|repository does not exist/i.test(stderr))
    return false;
  throw new HomeroomError(...inWords(repository.address, repository.passwordFile, stderr));
}

/** A file of root's alone. */
async function readPrivate(host: HostReader, path: string): Promise<string> {
  const stat = await host.stat(path);
  const text = stat?.kind === "file" ? (await host.read(path))?.toString("utf8") : undefined;
  if (stat === undefined || text === undefined || text.trim() === "") {
    throw new HomeroomError(`${path} is missing or empty: the copies cannot be opened without it.`, {
      remedy:
        "For new copies: sudo homeroom backup password. For old ones: write their password into that file.",
    });
  }
  if (stat.uid === 0 && (stat.mode & 0o077) === 0) return text;
  throw new HomeroomError(`${path} can be read by others, or is not root's.`, {
    remedy: `Type: sudo chown root: ${path} && sudo chmod 0600 ${path}`,
  });
}

function keysIn(path: string, text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line, index) => {
      const [, name = "", value = ""] = /^\s*(?:export\s+)?(\w+)=["']?(.*?)["']?\s*$/.exec(line) ?? [];
      if (keyNames.test(name)) return [name, value];
      throw new HomeroomError(`Line ${index + 1} of ${path} is none that Homeroom knows.`, {
        remedy: "Each line has a name and a value: AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=…",
      });
    }),
  );
}

/** What restic says of a failure, for a teacher. */
function inWords(address: string, passwordFile: string, stderr: string): [string, { remedy: string }] {
  const said = stderr.trim().split("\n").slice(-6).join("\n");
  if (/wrong password|no key found/i.test(stderr)) {
    return [
      `The password in ${passwordFile} does not open the copies at ${address}.`,
      { remedy: "Write the one that they were made with into that file." },
    ];
  }
  if (/Is there a repository|unable to open config file|repository does not exist/i.test(stderr)) {
    return [
      `There are no copies at ${address}, or they cannot be reached.`,
      { remedy: `Look whether the address is right and the disk or server is there. restic said:\n${said}` },
    ];
  }
  if (/already locked/i.test(stderr)) {
    return [
      `Another program works on the copies at ${address}.`,
      { remedy: "Wait until it is done. Where it was killed, the next `homeroom backup run` goes on." },
    ];
  }
  return [`restic failed on the copies at ${address}.`, { remedy: `It said:\n${said}` }];
}
