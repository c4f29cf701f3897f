import type { FileOwner, Host } from "../host/host.ts";
import type { Uv } from "./run-uv.ts";
import { hashOf } from "./hash.ts";

export interface Wanted {
  /** What the environment has to hold, as lines of requirements.txt. */
  requirements: string;
  /** Versions to keep where nothing speaks against them: lines NAME==VERSION, hashes or none. */
  preferences: string;
  /** Packages without a wheel may be built, which runs their code. */
  source: boolean;
  /** A directory of wheels, where there is no index to ask. */
  wheels?: string;
}

/**
 * Every package with version and hashes that the requirements need, for the system's Python: a lock.
 * @throws HomeroomError that says in words what cannot be had or does not go together
 */
export async function resolvePackages(
  host: Host,
  uv: Uv,
  owner: FileOwner,
  { requirements, preferences, source, wheels }: Wanted,
): Promise<string> {
  const name = hashOf(`${requirements}\n${preferences}`).slice(0, 16);
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

/** Arguments of uv where a directory of wheels stands in for the index. */
export function offline(wheels: string | undefined): string[] {
  return wheels === undefined ? [] : ["--offline", "--no-index", "--find-links", wheels];
}
