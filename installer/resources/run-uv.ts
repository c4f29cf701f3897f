import type { FileOwner, Host, RunResult } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { readPackageSources, type PackageSources } from "./package-sources.ts";
import type { Progress } from "./resource.ts";
import { maskPasswords, pipVariables, uvVariables } from "./source-variables.ts";
import { explainUv } from "./uv-errors.ts";

const caches = "/var/cache/homeroom";
const timeoutMs = 30 * 60_000;

export interface UvOptions {
  /** The program. */
  uv: string;
  /** Account that it runs as and whose cache it uses; code of packages never runs as root. */
  account: string;
  owner: FileOwner;
  /** Where a relative path in its arguments begins. */
  cwd: string;
  progress: Progress;
}

/** uv (and programs beside it) as one account, with a cache that nobody else can write. */
export interface Uv {
  /** The account's own folder, for files that uv reads. */
  cache: string;
  /** @throws HomeroomError that names the package and the cause. */
  uv(this: void, args: readonly string[]): Promise<RunResult>;
  run(this: void, argv: readonly string[]): Promise<RunResult>;
}

/** Makes the account's cache, anew where it is somebody else's. */
export async function prepareUv(host: Host, { uv, account, owner, cwd, progress }: UvOptions): Promise<Uv> {
  const cache = `${caches}/${account}`;
  if ((await host.stat(cache))?.uid !== owner.uid) await host.removeTree(cache);
  await host.makeDirectory(cache, { mode: 0o700, ...owner });
  const shared = account !== "root";
  const sources = await readPackageSources(host);
  const start = (argv: readonly string[]) =>
    host.run(argv, {
      // What admins share they may all write.
      ...(shared ? { as: owner, umask: 0o002 } : {}),
      cwd: host.realPath(cwd),
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
        ...uvVariables(sources),
        ...pipVariables(sources),
      },
      timeoutMs,
      signal: progress.signal,
      onLine: (line) => progress.report(maskPasswords(line, sources)),
    });
  const run = async (argv: readonly string[]) => {
    try {
      return await start(argv);
    } catch (error) {
      throw masked(error, sources);
    }
  };
  return {
    cache,
    run,
    async uv(args) {
      try {
        return await run([uv, ...args]);
      } catch (error) {
        throw explainUv(error);
      }
    },
  };
}

/** What a program said may hold the address that it was given. */
function masked(error: unknown, sources: PackageSources): unknown {
  if (!(error instanceof HomeroomError)) return error;
  const message = maskPasswords(error.message, sources);
  const remedy = maskPasswords(error.remedy, sources);
  if (message === error.message && remedy === error.remedy) return error;
  return new HomeroomError(message, { remedy, exitCode: error.exitCode });
}
