import type { FileOwner, Host } from "../host/host.ts";
import { resolveConda, type CondaParts } from "./conda-packages.ts";
import { hashOf } from "./hash.ts";
import type { Uv } from "./run-uv.ts";

export interface Wanted {
  /** What the environment has to hold, as lines of requirements.txt. */
  requirements: string;
  /** Versions to keep where nothing speaks against them: lines NAME==VERSION, hashes or none. */
  preferences: string;
  /** Packages without a wheel may be built, which runs their code. */
  source: boolean;
  /** A directory of wheels, where there is no index to ask. */
  wheels?: string;
  /** Conda's packages are taken, and the index has what no channel has. */
  conda?: CondaParts | undefined;
}

const folder = "/var/lib/homeroom/environments";
const hourMs = 3_600_000;

/**
 * Every package with version and hashes that the requirements need: a lock, for the system's Python or for conda's.
 * @throws HomeroomError that says in words what cannot be had or does not go together
 */
export async function resolvePackages(host: Host, uv: Uv, owner: FileOwner, wanted: Wanted): Promise<string> {
  const { requirements, preferences, source, wheels, conda } = wanted;
  const kept = await keptResolution(host, wanted);
  if (kept !== undefined) return kept;
  if (conda !== undefined) return resolveConda(host, uv, owner, wanted, conda);
  const name = nameOf(wanted);
  const input = `${uv.cache}/${name}.in`;
  const output = `${uv.cache}/${name}.lock`;
  await host.write(input, requirements, { mode: 0o600, ...owner });
  // uv keeps to the versions that it finds in its output.
  await host.write(output, preferences, { mode: 0o600, ...owner });
  try {
    const { stdout } = await uv.uv([
      "pip",
      "compile",
      "--python",
      "/usr/bin/python3",
      "--generate-hashes",
      "--no-header",
      "--no-annotate",
      ...(source ? [] : ["--no-build"]),
      ...offline(wheels),
      "--output-file",
      output,
      input,
    ]);
    return stdout;
  } finally {
    await host.remove(input);
    await host.remove(output);
  }
}

/** Keeps what was shown to a person, so that just that is built; for an hour. */
export async function keepResolution(host: Host, wanted: Wanted, lock: string): Promise<void> {
  await host.write(`${folder}/resolved-${nameOf(wanted)}`, lock, { mode: 0o644, uid: 0, gid: 0 });
}

async function keptResolution(host: Host, wanted: Wanted): Promise<string | undefined> {
  const path = `${folder}/resolved-${nameOf(wanted)}`;
  const [stat, text] = await Promise.all([host.stat(path), host.read(path)]);
  if (stat === undefined || text === undefined) return undefined;
  await host.remove(path);
  return Date.now() - stat.mtimeMs < hourMs ? text.toString("utf8") : undefined;
}

function nameOf({ requirements, preferences, source, conda }: Wanted): string {
  return hashOf(JSON.stringify([requirements, preferences, source, conda?.channels])).slice(0, 16);
}

/** Arguments of uv where a directory of wheels stands in for the index. */
export function offline(wheels: string | undefined): string[] {
  return wheels === undefined ? [] : ["--offline", "--no-index", "--find-links", wheels];
}
