import type { Host, HostReader, RunOptions } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { readDpkg } from "./dpkg-status.ts";
import type { Change, Progress, ResourceKind } from "./resource.ts";

export interface AptPackageState {
  installed: true;
}

const minute = 60_000;

/** A Debian package; its id is the name. Packages that are missing are installed in one run of apt-get. */
export const aptPackage: ResourceKind<AptPackageState> = {
  kind: "apt-package",
  inert: true,
  exclusive: "apt",
  async read(host, id) {
    return (await installedPackages(host, [id])).get(id);
  },
  write: (host, id, state, progress) => writePackages(host, [{ id, state }], progress),
  readMany: installedPackages,
  writeMany: writePackages,
  describe: ({ id, after }) => ({
    words: `${after === undefined ? "remove" : "install"} the package ${id}`,
    affects: { who: "nobody" },
  }),
};

async function installedPackages(
  host: HostReader,
  ids: readonly string[],
): Promise<Map<string, AptPackageState>> {
  const known = [...(await readDpkg(host, ids))].filter(([, { installed }]) => installed);
  return new Map(known.map(([name]) => [name, { installed: true }]));
}

async function writePackages(
  host: Host,
  changes: readonly Change<AptPackageState>[],
  progress: Progress,
): Promise<void> {
  const missing = changes.filter((c) => c.state !== undefined).map((c) => c.id);
  const unwanted = changes.filter((c) => c.state === undefined).map((c) => c.id);
  if (unwanted.length > 0) await aptGet(host, ["purge", "--", ...unwanted], progress);
  if (missing.length === 0) return;
  const lists = await host.list("/var/lib/apt/lists");
  if (!lists.some((name) => name.endsWith("_Packages") || name.endsWith("_Packages.lz4"))) {
    await aptGet(host, ["update"], progress);
    await aptGet(host, ["install", "--", ...missing], progress);
    return;
  }
  try {
    await aptGet(host, ["install", "--", ...missing], progress);
  } catch (error) {
    if (progress.signal.aborted) throw error;
    progress.report("the package lists may be old: fetching them anew");
    await aptGet(host, ["update"], progress);
    await aptGet(host, ["install", "--", ...missing], progress);
  }
}

async function aptGet(host: Host, args: readonly string[], progress: Progress): Promise<void> {
  const argv = [
    "apt-get",
    "--quiet=2",
    "--assume-yes",
    "--no-install-recommends",
    "-oDPkg::Lock::Timeout=600",
    "-oDPkg::Use-Pty=0",
    "-oAcquire::Languages=none",
    "-oDpkg::Options::=--force-confold",
    ...args,
  ];
  const env = {
    DEBIAN_FRONTEND: "noninteractive",
    APT_LISTCHANGES_FRONTEND: "none",
    NEEDRESTART_MODE: "l",
    SUDO_FORCE_REMOVE: "yes",
  };
  const options: RunOptions = {
    env,
    timeoutMs: 20 * minute,
    onLine: (line) => progress.report(line),
    // Cut in the middle, dpkg leaves half-configured packages: only fetching the lists may be.
    ...(args[0] === "update" ? { signal: progress.signal } : {}),
  };
  try {
    await host.run(argv, options);
  } catch (error) {
    throw explained(error, args);
  }
}

/** apt's own words are for administrators; these are the causes that people meet. */
function explained(error: unknown, args: readonly string[]): unknown {
  if (!(error instanceof HomeroomError)) return error;
  const said = error.remedy;
  const [what] = args;
  const remedy = /Could not resolve|Temporary failure resolving/.test(said)
    ? "This machine cannot look up names: check its DNS (`getent hosts deb.debian.org`), then run the same command again."
    : /Could not get lock/.test(said)
      ? "Another program is installing packages (unattended upgrades, perhaps). Wait until it is done, then run the same command again."
      : /dpkg was interrupted/.test(said)
        ? "An earlier installation was interrupted: run `sudo dpkg --configure -a`, then the same command again."
        : /No space left/.test(said)
          ? "The disk is full: make room (`df -h`), then run the same command again."
          : `${said}\nRun \`sudo apt-get ${what ?? ""}\` to see it all, then the same command again.`;
  return new HomeroomError(`Debian's packages could not be ${what === "update" ? "listed" : "installed"}.`, {
    remedy,
    cause: error,
  });
}
