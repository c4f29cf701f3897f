import type { FileOwner, Host } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { sourcesFolder } from "./folder-part.ts";

/** What to fetch, as config/environment-source.ts reads it. */
export interface FetchRequest {
  kind: "path" | "archive" | "git";
  address: string;
  ref?: string;
  /** "user:password"; goes to the account that fetches by its standard input only. */
  credentials?: string;
}

export interface FetchedFolder {
  /** Hash of the content. */
  key: string;
  commit: string | null;
  /** At the top and in binder/ and .binder/; folders end with a slash. */
  names: string[];
  /** Files that say what to install, by path. */
  texts: Record<string, string>;
}

/** A source that cannot be had, now or ever. */
export class NotFetched extends HomeroomError {}

const timeoutMs = 15 * 60_000;
const hourMs = 3_600_000;
/** Characters; the script prints less. */
const mostOutput = 16 * 1024 ** 2;

/**
 * Fetches a folder, an archive or a repository as the account that builds the environment. What root gets of it is data:
 * it opens nothing of the copy itself.
 * @param script templates/environment/fetch_source.py of the release
 * @throws HomeroomError with the cause
 */
export async function fetchFolder(
  host: Host,
  request: FetchRequest,
  { script, owner, signal }: { script: string; owner: FileOwner; signal: AbortSignal },
): Promise<FetchedFolder> {
  await host.makeDirectory(sourcesFolder, { mode: 0o700, ...owner });
  const argv = ["/usr/bin/python3", "-I", "-S", script, sourcesFolder];
  try {
    const { stdout } = await host.run(argv, {
      as: owner,
      cwd: "/",
      umask: 0o022,
      input: JSON.stringify(request),
      env: { HOME: sourcesFolder },
      timeoutMs,
      signal,
    });
    return readAnswer(stdout);
  } catch (error) {
    if (!(error instanceof HomeroomError)) throw error;
    const said = error.remedy.startsWith("It said: ")
      ? error.remedy.slice("It said: ".length)
      : error.message;
    throw new NotFetched(`${request.address} could not be fetched: ${said}`, {
      remedy: `${hintFor(request, said)}\nThe environment in use stays as it is.`,
      cause: error,
    });
  }
}

/**
 * Removes copies of what was fetched but those named, as their owner; not those that somebody may be
 * fetching at this moment.
 */
export async function removeFetched(
  host: Host,
  owner: FileOwner,
  keep: ReadonlySet<string>,
  now = Date.now(),
): Promise<void> {
  for (const name of await host.list(sourcesFolder)) {
    const path = `${sourcesFolder}/${name}`;
    const age = now - ((await host.stat(path))?.mtimeMs ?? 0);
    if (keep.has(name) || age < hourMs) continue;
    await host.run(["rm", "-rf", "--one-file-system", "--", path], { as: owner, cwd: "/", timeoutMs });
  }
}

function hintFor({ kind, address }: FetchRequest, said: string): string {
  if (kind === "path" && /homeroom-env/.test(said))
    return `It is read by the account homeroom-env, which may read only what everybody may: put it where that is so, as in \`sudo cp -r ${address} /srv/\`, and name that in environment.from.`;
  return "Check environment.from in the config and the network of this machine, then type: sudo homeroom env apply";
}

/** Only its form is believed: the account that wrote it runs the code of packages. */
function readAnswer(stdout: string): FetchedFolder {
  const answer = (stdout.length > mostOutput ? {} : parsed(stdout)) as Partial<FetchedFolder>;
  const { key, commit, names, texts } = answer;
  const whole =
    typeof key === "string" &&
    /^[0-9a-f]{16}$/.test(key) &&
    (commit === null || (typeof commit === "string" && /^[0-9a-f]{40,64}$/.test(commit))) &&
    Array.isArray(names) &&
    names.every((name) => typeof name === "string") &&
    typeof texts === "object" &&
    texts !== null &&
    Object.values(texts).every((text) => typeof text === "string");
  if (!whole) throw new HomeroomError("what was fetched cannot be read", { remedy: "Try it again." });
  return {
    key,
    commit,
    names,
    texts: Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, printable(text)])),
  };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Parts of these texts are shown in terminals. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\r\t]/gu, "?");
}
