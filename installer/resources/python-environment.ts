import type { FileOwner, Host, HostReader } from "../host/host.ts";
import { readAccounts, resolveOwner } from "./accounts-file.ts";
import { readBlob } from "./blobs.ts";
import { hashOf } from "./hash.ts";
import { offline, resolvePackages } from "./resolve-packages.ts";
import type { Progress, ResourceKind } from "./resource.ts";
import { prepareUv, type Uv } from "./run-uv.ts";

export interface PythonEnvironmentState {
  /** Hash of the lock (requirements with hashes) that it was built from; its content is a blob. */
  lock: string;
  /**
   * Hash of what it has to hold, as lines of requirements.txt. They are resolved when it is built, and the
   * lock only names versions to keep to.
   */
  requirements?: string;
  /** The config's packages that it was built for. */
  declared?: readonly string[];
  /** Packages without a wheel may be built. */
  source?: true;
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
    await host.remove(lockPath(id));
    await clear(host, id);
    if (state === undefined) return;
    await build(host, id, state, progress);
    await host.write(stampOf(id), JSON.stringify(state), { mode: 0o644, uid: 0, gid: 0 });
  },
  // The uv, the wheels and the release that built it do not make it another one.
  isSame: (is, wanted) =>
    is.lock === wanted.lock &&
    is.requirements === wanted.requirements &&
    is.source === wanted.source &&
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
  const shared = state.owner !== "root";
  await host.makeDirectory(path, { mode: shared ? 0o2775 : 0o755, ...owner });
  const uv = await prepareUv(host, { uv: state.uv, account: state.owner, owner, cwd: path, progress });
  const lock = await lockOf(host, uv, owner, state);
  const file = `${uv.cache}/${hashOf(lock)}.txt`;
  await host.write(file, lock, { mode: 0o600, ...owner });
  await uv.uv(["venv", "--quiet", "--allow-existing", "--python", "/usr/bin/python3", path]);
  await uv.uv([
    "pip",
    "sync",
    "--quiet",
    "--require-hashes",
    // A source archive would run its set-up here, and with what no lock holds.
    ...(state.source === true ? [] : ["--no-build"]),
    "--python",
    `${path}/bin/python`,
    ...offline(state.wheels),
    file,
  ]);
  if (state.afterwards !== undefined) await uv.run([`${path}/bin/python`, "-I", state.afterwards]);
  if (shared) await openToAdmins(uv.run, path);
  await host.write(lockPath(path), lock, { mode: 0o644, uid: 0, gid: 0 });
}

/** The lock that it was given, or what its requirements come to. */
async function lockOf(
  host: Host,
  uv: Uv,
  owner: FileOwner,
  { lock, requirements, source, wheels }: PythonEnvironmentState,
): Promise<string> {
  const given = (await readBlob(host, lock)).toString("utf8");
  if (requirements === undefined) return given;
  return resolvePackages(host, uv, owner, {
    requirements: (await readBlob(host, requirements)).toString("utf8"),
    preferences: given,
    source: source === true,
    ...(wheels === undefined ? {} : { wheels }),
  });
}

/** Every admin may write what any other wrote: the group's rights, and directories that pass the group on. */
async function openToAdmins(run: (argv: readonly string[]) => Promise<unknown>, path: string): Promise<void> {
  await run(["chmod", "--recursive", "g+rwX,o=rX", "--", path]);
  await run(["find", path, "-type", "d", "-exec", "chmod", "g+s", "{}", "+"]);
}

/** The lock that came out when an environment was built; undefined where it is not one of ours. */
export async function readBuiltLock(host: HostReader, path: string): Promise<string | undefined> {
  return (await host.read(lockPath(path)))?.toString("utf8");
}

function stampOf(path: string): string {
  return `${stamps}/${nameOf(path)}.json`;
}

function lockPath(path: string): string {
  return `${stamps}/${nameOf(path)}.txt`;
}

function nameOf(path: string): string {
  return path.replace(/^\//, "").replaceAll("/", "-");
}
