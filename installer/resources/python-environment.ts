import type { FileOwner, Host } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { readAccounts, resolveOwner } from "./accounts-file.ts";
import { readBlob } from "./blobs.ts";
import { fillFromConda, type CondaParts } from "./conda-packages.ts";
import { hashOf } from "./hash.ts";
import { offline, resolvePackages } from "./resolve-packages.ts";
import type { Progress, ResourceKind } from "./resource.ts";
import { prepareUv, type Uv } from "./run-uv.ts";
import { snapshotsFolder } from "./snapshots.ts";

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
  /** The snapshot whose copies are laid over the packages. */
  copies?: string;
  /** The release's folder of what lays them. */
  scripts?: string;
  /** The interpreter it stands on: an OS upgrade to another minor version makes another environment. */
  python: string;
  /** Who builds and owns it; code of packages never runs as root. */
  owner: string;
  group: string;
  /** Where conda's packages are taken; otherwise it is a venv of the system's Python. */
  conda?: CondaParts;
  /** The uv that builds it. */
  uv: string;
  /** A directory of wheels, where there is no index to ask. */
  wheels?: string;
  /** A script run by the new environment's Python as its owner, once it is complete. */
  afterwards?: string;
  /** A script that says whether a server starts; where none does, the environment is none. */
  check?: string;
}

/** Stamps are root's: what stands in an environment that admins may write proves nothing. */
const stamps = "/var/lib/homeroom/environments";

/**
 * A Python environment built from a lock, as a venv by uv or of conda's packages; its id is the path, which no other lock ever gets, so it
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
    is.copies === wanted.copies &&
    is.python === wanted.python &&
    is.conda?.channels.join("\n") === wanted.conda?.channels.join("\n") &&
    is.owner === wanted.owner &&
    is.group === wanted.group,
  describe: ({ id, after }) => ({
    words: `${after === undefined ? "remove" : "build"} the ${id.startsWith("/opt/homeroom/hub/") ? "hub's" : "shared"} Python environment`,
    affects: { who: "nobody" },
  }),
};

/**
 * Leaves neither stamp nor folder. What admins may have written is moved aside, never deleted; the hub's own holds
 * nothing of anybody's, nor does one that was cut short while it was built. GNU rm follows no link that appears meanwhile.
 */
async function clear(host: Host, path: string): Promise<void> {
  const [there, stamp] = await Promise.all([host.stat(path), host.stat(stampOf(path))]);
  const shared = there !== undefined && there.uid !== 0;
  const aside = `${path}.replaced-${new Date().toISOString().replaceAll(":", "")}`;
  if (shared) await host.rename(path, aside);
  await forgetPythonEnvironment(host, path);
  if (there !== undefined && !shared) await host.removeTree(path);
  if (shared && stamp === undefined)
    await host.run(["rm", "-rf", "--one-file-system", "--", aside], { timeoutMs: 10 * 60_000 });
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
  if (state.conda === undefined) {
    await uv.uv(["venv", "--quiet", "--allow-existing", "--python", "/usr/bin/python3", path]);
    await syncPackages(uv, path, state, file);
  } else {
    const { conda, source } = state;
    await fillFromConda(host, uv, path, { lock: file, conda, source: source === true });
  }
  if (state.copies !== undefined) await layCopies(uv, path, state.copies, state.scripts ?? "", progress);
  if (state.afterwards !== undefined) await uv.run([`${path}/bin/python`, "-I", state.afterwards]);
  if (shared) await openToAdmins(uv.run, path);
  if (state.check !== undefined) await checkServer(uv, path, state.check);
  await host.write(lockPath(path), lock, { mode: 0o644, uid: 0, gid: 0 });
}

/** What uv's cache has needs no index: it is quicker, and an environment is given back without a network. */
async function syncPackages(
  uv: Uv,
  path: string,
  state: PythonEnvironmentState,
  lock: string,
): Promise<void> {
  // A source archive would run its set-up here, and with what no lock holds.
  const build = state.source === true ? [] : ["--no-build"];
  const python = ["--python", `${path}/bin/python`];
  const sync = (from: readonly string[]) =>
    uv.uv(["pip", "sync", "--quiet", "--require-hashes", ...build, ...python, ...from, lock]);
  if (state.wheels !== undefined) await sync(offline(state.wheels));
  else await sync(["--offline"]).catch(() => sync([]));
}

/** What no index gives; what only another Python can load stays behind and is named. */
async function layCopies(
  uv: Uv,
  path: string,
  snapshot: string,
  scripts: string,
  progress: Progress,
): Promise<void> {
  const script = `${scripts}/lay_copies.py`;
  const { stdout } = await uv.run(["/usr/bin/python3", "-I", "-S", script, snapshotsFolder, snapshot, path]);
  for (const lost of stdout.split("\n").filter((line) => line !== "")) {
    progress.report(`${lost} was made for another Python and is left out`);
  }
}

/** @throws HomeroomError with the reason where no server would start from it */
async function checkServer({ run }: Uv, path: string, script: string): Promise<void> {
  try {
    await run([`${path}/bin/python`, "-I", script]);
  } catch (error) {
    throw new HomeroomError("With these packages no notebook server starts.", {
      remedy: `${error instanceof HomeroomError ? error.remedy : String(error)}\nThe environment in use stays as it is.`,
      cause: error,
    });
  }
}

/** The lock that it was given, or what its requirements come to. */
async function lockOf(
  host: Host,
  uv: Uv,
  owner: FileOwner,
  { lock, requirements, source, wheels, conda }: PythonEnvironmentState,
): Promise<string> {
  const given = (await readBlob(host, lock)).toString("utf8");
  if (requirements === undefined) return given;
  return resolvePackages(host, uv, owner, {
    requirements: (await readBlob(host, requirements)).toString("utf8"),
    preferences: given,
    source: source === true,
    conda,
    ...(wheels === undefined ? {} : { wheels }),
  });
}

/** Every admin may write what any other wrote: the group's rights, and directories that pass the group on. */
async function openToAdmins(run: (argv: readonly string[]) => Promise<unknown>, path: string): Promise<void> {
  await run(["chmod", "--recursive", "g+rwX,o=rX", "--", path]);
  await run(["find", path, "-type", "d", "-exec", "chmod", "g+s", "{}", "+"]);
  // Whatever an admin's umask is; where the file system knows no such lists, rights.py comes after.
  const rights = "u::rwx,g::rwx,o::rx";
  const words = ["setfacl", "--default", "--modify", rights, "{}", "+"];
  await run(["find", path, "-type", "d", "-exec", ...words]).catch(() => undefined);
}

/** Without its stamp it is no environment any more. */
export async function forgetPythonEnvironment(host: Host, path: string): Promise<void> {
  await host.remove(stampOf(path));
  await host.remove(lockPath(path));
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
