import type { Host } from "../host/host.ts";
import { readAccounts, resolveOwner } from "./accounts-file.ts";
import { readBlob } from "./blobs.ts";
import type { Progress, ResourceKind } from "./resource.ts";

export interface PythonEnvironmentState {
  /** Hash of the lock (requirements with hashes) that it was built from; its content is a blob. */
  lock: string;
  /** The interpreter it stands on: an OS upgrade to another minor version makes another environment. */
  python: string;
  /** Who builds and owns it; code of packages never runs as root. */
  owner: string;
  group: string;
  /** The uv that builds it. */
  uv: string;
  /** A directory of wheels, where there is no index to ask. */
  wheels?: string;
  /** A script run by the new environment's Python as its owner, once it is complete. */
  afterwards?: string;
}

/** Stamps are root's: what stands in an environment that admins may write proves nothing. */
const stamps = "/var/lib/homeroom/environments";
const caches = "/var/cache/homeroom";
const buildTimeoutMs = 30 * 60_000;

/**
 * A Python environment built by uv from a lock; its id is the path, which no other lock ever gets, so it
 * is built beside whatever is in use. A half-built one has no stamp and is built anew.
 */
export const pythonEnvironment: ResourceKind<PythonEnvironmentState> = {
  kind: "python-environment",
  inert: true,
  async read(host, id) {
    const [stamp, folder, interpreter, accounts] = await Promise.all([
      host.read(stampOf(id)),
      host.stat(id),
      host.stat(`${id}/bin/python`),
      readAccounts(host),
    ]);
    if (stamp === undefined || folder === undefined || interpreter === undefined) return undefined;
    const state = JSON.parse(stamp.toString("utf8")) as PythonEnvironmentState;
    // An account that was removed and made again has another number: the tree is nobody's then.
    return accounts.users.get(state.owner)?.uid === folder.uid ? state : undefined;
  },
  async write(host, id, state, progress) {
    await host.remove(stampOf(id));
    await clear(host, id);
    if (state === undefined) return;
    await build(host, id, state, progress);
    await host.write(stampOf(id), JSON.stringify(state), { mode: 0o644, uid: 0, gid: 0 });
  },
  // The uv, the wheels and the release that built it do not make it another one.
  isSame: (is, wanted) =>
    is.lock === wanted.lock &&
    is.python === wanted.python &&
    is.owner === wanted.owner &&
    is.group === wanted.group,
  describe: ({ id, after }) => ({
    words: `${after === undefined ? "remove" : "build"} the ${id.startsWith("/opt/homeroom/hub/") ? "hub's" : "shared"} Python environment`,
    affects: { who: "nobody" },
  }),
};

/** What admins may have written is moved aside, never deleted; the hub's own holds nothing of anybody's. */
async function clear(host: Host, path: string): Promise<void> {
  const there = await host.stat(path);
  if (there === undefined) return;
  if (there.uid === 0) await host.removeTree(path);
  else await host.rename(path, `${path}.replaced-${new Date().toISOString().replaceAll(":", "")}`);
}

async function build(
  host: Host,
  path: string,
  state: PythonEnvironmentState,
  progress: Progress,
): Promise<void> {
  const owner = await resolveOwner(host, state.owner, state.group);
  const cache = `${caches}/${state.owner}`;
  const lock = `${cache}/${state.lock}.txt`;
  const shared = state.owner !== "root";
  if ((await host.stat(cache))?.uid !== owner.uid) await host.removeTree(cache);
  await host.makeDirectory(cache, { mode: 0o700, ...owner });
  await host.write(lock, await readBlob(host, state.lock), { mode: 0o600, ...owner });
  await host.makeDirectory(path, { mode: shared ? 0o2775 : 0o755, ...owner });
  const run = (argv: readonly string[]) =>
    host.run(argv, {
      ...(shared ? { as: owner } : {}),
      cwd: host.realPath(path),
      env: {
        HOME: cache,
        UV_CACHE_DIR: `${cache}/uv`,
        UV_NO_CONFIG: "1",
        UV_PYTHON_DOWNLOADS: "never",
        UV_SYSTEM_CERTS: "1",
        // Admins edit files of the shared environment in place; the cache must not change with them.
        UV_LINK_MODE: shared ? "copy" : "hardlink",
        UV_CONCURRENT_INSTALLS: "4",
        PYTHONDONTWRITEBYTECODE: "1",
      },
      timeoutMs: buildTimeoutMs,
      signal: progress.signal,
      onLine: (line) => progress.report(line),
    });
  await run([state.uv, "venv", "--quiet", "--allow-existing", "--python", "/usr/bin/python3", path]);
  await run([
    state.uv,
    "pip",
    "sync",
    "--quiet",
    "--require-hashes",
    // A source archive would run its set-up here, and with what no lock holds.
    "--no-build",
    "--python",
    `${path}/bin/python`,
    ...(state.wheels === undefined ? [] : ["--offline", "--no-index", "--find-links", state.wheels]),
    lock,
  ]);
  if (state.afterwards !== undefined) await run([`${path}/bin/python`, "-I", state.afterwards]);
  if (shared) await openToAdmins(run, path);
}

/** Every admin may write what any other wrote: the group's rights, and directories that pass the group on. */
async function openToAdmins(run: (argv: readonly string[]) => Promise<unknown>, path: string): Promise<void> {
  await run(["chmod", "--recursive", "g+rwX,o+rX", "--", path]);
  await run(["find", path, "-type", "d", "-exec", "chmod", "g+s", "{}", "+"]);
}

function stampOf(path: string): string {
  return `${stamps}/${path.replace(/^\//, "").replaceAll("/", "-")}.json`;
}
