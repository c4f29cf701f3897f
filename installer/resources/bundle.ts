import type { FileOwner, Host } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { resolveOwner } from "./accounts-file.ts";
import type { Uv } from "./run-uv.ts";
import { snapshotsFolder, type Snapshot } from "./snapshots.ts";

const timeoutMs = 30 * 60_000;

export interface BundleInputs {
  uv: Uv;
  owner: FileOwner;
  snapshot: Snapshot;
  /** The environment in use, whose pip fetches the files. */
  environment: string;
  /** Source archives too. */
  source: boolean;
  /** The release's folder of scripts. */
  scripts: string;
  /** Where the bundle goes. */
  file: string;
}

/**
 * A file from which the same environment is installed on a machine without a network: the wheels of its lock, and
 * what no index gives. Fetched and packed as the environment's account; root only opens the file.
 * @throws HomeroomError where the index does not give a wheel again
 */
export async function writeBundle(host: Host, inputs: BundleInputs): Promise<void> {
  const { uv, owner, snapshot, environment, source, scripts, file } = inputs;
  const folder = `${uv.cache}/bundle`;
  const lock = `${folder}/lock.txt`;
  const wheels = `${folder}/wheels`;
  await host.removeTree(folder);
  await host.makeDirectory(folder, { mode: 0o700, ...owner });
  await host.makeDirectory(wheels, { mode: 0o700, ...owner });
  try {
    await host.write(lock, snapshot.lock, { mode: 0o600, ...owner });
    if (snapshot.lock !== "") {
      const only = source ? [] : ["--only-binary", ":all:"];
      const pip = [`${environment}/bin/python`, "-I", "-m", "pip", "download", "--quiet", "--no-input"];
      await uv.run([
        ...pip,
        "--no-deps",
        "--require-hashes",
        ...only,
        "--dest",
        wheels,
        "--requirement",
        lock,
      ]);
    }
    const script = [`${scripts}/bundle.py`, snapshotsFolder, snapshot.id, wheels];
    await asAccount(host, owner, ["/usr/bin/python3", "-I", "-S", ...script], `>"$file"`, `${file}.new`);
    await host.run(["sync", "--", `${file}.new`]);
    await host.rename(`${file}.new`, file);
  } finally {
    await host.remove(`${file}.new`);
    await host.removeTree(folder);
  }
}

/** Takes a bundle in as a snapshot, without using it; its id, and the folder of its wheels. @throws HomeroomError that says what is wrong with it */
export async function takeInBundle(
  host: Host,
  {
    file,
    scripts,
    architecture,
    python,
  }: { file: string; scripts: string; architecture: string; python: string },
): Promise<{ id: string; wheels: string }> {
  const owner = await resolveOwner(host, "homeroom-snapshots", "homeroom-snapshots");
  const script = [`${scripts}/open_bundle.py`, snapshotsFolder, architecture, python];
  try {
    const id = await asAccount(host, owner, ["/usr/bin/python3", "-I", "-S", ...script], `<"$file"`, file);
    return { id, wheels: `${snapshotsFolder}/wheels-${id}` };
  } catch (error) {
    if (!(error instanceof HomeroomError)) throw error;
    const reason = error.remedy.replace(/^It said: /, "").trim();
    throw new HomeroomError(`${file} cannot be used: ${reason}.`, {
      remedy:
        "Nothing was changed. Make it anew with `sudo homeroom env bundle FILE`, on a machine like this one.",
      cause: error,
    });
  }
}

/** A program with the rights of an account and one file as its input or output, which root opens; what it said. */
async function asAccount(
  host: Host,
  { uid, gid }: FileOwner,
  argv: readonly string[],
  redirection: `>"$file"` | `<"$file"`,
  file: string,
): Promise<string> {
  const rights = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--no-new-privs", "--"];
  const line = `umask 022; file=$1; shift; exec setpriv "$@" ${redirection}`;
  const whole = ["/bin/sh", "-c", line, "sh", host.realPath(file), ...rights, ...argv];
  const { stdout } = await host.run(whole, { cwd: "/", timeoutMs });
  return stdout.trim();
}
