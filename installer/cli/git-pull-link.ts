import { exitCodes, HomeroomError } from "../errors.ts";
import type { HostReader } from "../host/host.ts";

/** Debian's account without rights (base-passwd). */
const nobody = { uid: 65_534, gid: 65_534 };
const patienceMs = 30_000;

/**
 * The link as nbgitpuller reads it; it names JupyterLab's page itself, whatever opens after a login.
 * @param address where the hub is, with its base_url and a slash at the end
 */
export function gitPullLink(
  address: string,
  {
    repository,
    branch,
    open = "",
  }: { repository: string; branch: string | undefined; open?: string | undefined },
): string {
  const folder = folderOf(repository);
  const inside = open.replace(/^\/+/, "");
  const query = new URLSearchParams({
    repo: repository,
    ...(branch === undefined ? {} : { branch }),
    urlpath: `lab/tree/${folder}${inside === "" ? "" : `/${inside}`}`,
  });
  return `${address}hub/user-redirect/git-pull?${query.toString()}`;
}

/** What nbgitpuller calls the folder in a home: the last part of the address without `.git`. */
function folderOf(repository: string): string {
  return new URL(repository).pathname
    .replace(/\/+$/, "")
    .replace(/^.*\//, "")
    .replace(/\.git$/, "");
}

/** @throws HomeroomError (exit code 64) for what students' servers could not fetch, or what is nobody else's business. */
export function refuseUnusable(repository: string): void {
  const url = URL.canParse(repository) ? new URL(repository) : undefined;
  const usage = { exitCode: exitCodes.usage };
  if (url === undefined || !/^https?:$/.test(url.protocol) || folderOf(repository) === "") {
    throw new HomeroomError(`${repository} is no address that students could fetch a repository from.`, {
      remedy: "Give the https address that the repository's page shows, as https://github.com/school/course.",
      ...usage,
    });
  }
  if (url.username === "" && url.password === "") return;
  throw new HomeroomError(
    "The address has a name or a password in it, which everybody who gets the link would read.",
    {
      remedy: "Make the repository readable without one, and give its plain address.",
      ...usage,
    },
  );
}

/**
 * Asks the repository for its branches, without anybody's rights or password, as a student's server would.
 * @returns the branch that a pull takes, or in words why none could be had
 */
export async function findBranch(
  host: HostReader,
  repository: string,
  wanted: string | undefined,
): Promise<{ branch?: string; problem?: string }> {
  const ref = wanted === undefined ? "HEAD" : `refs/heads/${wanted}`;
  const only = [
    "-c",
    "protocol.allow=never",
    "-c",
    "protocol.https.allow=always",
    "-c",
    "protocol.http.allow=always",
  ];
  const argv = ["git", ...only, "ls-remote", "--symref", "--", repository, ref];
  const env = { GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1", GIT_ASKPASS: "/bin/false" };
  try {
    const { exitCode, stdout, stderr } = await host.query(argv, {
      as: nobody,
      cwd: "/",
      env,
      timeoutMs: patienceMs,
      okCodes: [0, 1, 128],
    });
    if (exitCode !== 0) return { problem: `${repository} cannot be fetched: ${reasonIn(stderr)}` };
    const head = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(stdout)?.[1];
    if (stdout.trim() !== "") return { branch: wanted ?? head ?? "main" };
    return {
      problem: wanted === undefined ? `${repository} is empty.` : `${repository} has no branch ${wanted}.`,
    };
  } catch (error) {
    if (error instanceof HomeroomError)
      return { problem: `${repository} cannot be fetched: ${error.message}` };
    throw error;
  }
}

/** What git says last, with what it means where that is not plain. */
function reasonIn(stderr: string): string {
  if (/could not read Username|Authentication failed|terminal prompts disabled/.test(stderr)) {
    return "it asks for a password, so it is private or not there.";
  }
  const last = stderr.trim().split("\n").at(-1) ?? "";
  return last.replace(/^fatal: /, "") || "git said nothing.";
}
