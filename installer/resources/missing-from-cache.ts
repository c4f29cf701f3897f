import type { FileOwner, Host } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { hashOf } from "./hash.ts";
import type { Uv } from "./run-uv.ts";

/** Names of packages beyond this many are not asked for one by one. */
const most = 20;

/**
 * Packages of a lock that uv's cache lacks, so that an index has to be asked for them; changes nothing. uv names one
 * at a time ("Because astropy was not found in the cache"): the next is found without it.
 * @param program uv's path
 */
export async function missingFromCache(
  host: Host,
  uv: Uv,
  owner: FileOwner,
  { lock, program }: { lock: string; program: string },
): Promise<string[]> {
  const venv = `${uv.cache}/empty`;
  const file = `${uv.cache}/${hashOf(lock)}.cached.txt`;
  const missing: string[] = [];
  await uv.run([program, "venv", "--quiet", "--clear", "--python", "/usr/bin/python3", venv]);
  try {
    let entries = lock.split(/^(?=[A-Za-z0-9])/m);
    while (missing.length < most) {
      await host.write(file, entries.join(""), { mode: 0o600, ...owner });
      const name = await firstMissing(uv, [...dryRun(program, venv), file]);
      if (name === undefined) break;
      missing.push(name);
      const rest = entries.filter((entry) => !entry.startsWith(`${name}==`));
      if (rest.length === entries.length) break;
      entries = rest;
    }
  } finally {
    await host.remove(file);
  }
  return missing;
}

function dryRun(program: string, venv: string): string[] {
  const python = ["--python", `${venv}/bin/python`];
  return [program, "pip", "sync", "--dry-run", "--offline", "--require-hashes", "--no-build", ...python];
}

async function firstMissing(uv: Uv, argv: readonly string[]): Promise<string | undefined> {
  try {
    await uv.run(argv);
    return undefined;
  } catch (error) {
    if (!(error instanceof HomeroomError)) throw error;
    return /Because (?<name>\S+) was not found in the cache/.exec(error.remedy)?.groups?.["name"];
  }
}
