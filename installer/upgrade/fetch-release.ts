import { HomeroomError } from "../errors.ts";
import type { Host, HostReader } from "../host/host.ts";
import { askFetcher, type Fetcher } from "./fetcher.ts";
import { readProgram, refuseDamaged, releaseFolder, type Program } from "./installed-release.ts";

interface Wanted {
  version: string;
  /** Hash of its archive that the registry vouches for. */
  integrity: string;
}

/** Milliseconds; Node is 50 MB, and a school's line may be slow. */
const timeoutMs = 30 * 60_000;

/**
 * Puts a release and the Node that it runs on beside those that are there, each whole or not at all, and checks every
 * file of it against its own manifest. Which Node that is, by its hash, stands in the release itself.
 * @param report lines of progress
 * @throws HomeroomError where something can't be fetched or isn't what was released; nothing is left of it then.
 */
export async function fetchRelease(
  host: Host,
  fetcher: Fetcher,
  { version, integrity }: Wanted,
  report: (line: string) => void,
): Promise<Program> {
  const folder = releaseFolder(version);
  const fetch = (name: string, archive: Wanted, target: string, files: string) =>
    fetchPackage(host, fetcher, [name, archive.version, archive.integrity, target, files], report);
  if ((await markOf(host, folder)) !== integrity) {
    await fetch("homeroom", { version, integrity }, folder, "");
  }
  try {
    await refuseDamaged(host, folder, version);
  } catch (error) {
    await host.removeTree(folder);
    throw error;
  }
  const program = await readProgram(host, version);
  const { node } = program;
  if ((await markOf(host, node.folder)) !== node.integrity) {
    await fetch(node.package, node, node.folder, "bin/node LICENSE");
  }
  return program;
}

/** What was fetched under this name: the mark is written last, after all files are on the disk. */
async function markOf(host: HostReader, folder: string): Promise<string | undefined> {
  return (await host.read(`${folder}/.integrity`))?.toString("utf8").trim();
}

async function fetchPackage(
  host: Host,
  fetcher: Fetcher,
  group: readonly string[],
  report: (line: string) => void,
): Promise<void> {
  await askFetcher((argv, options) => host.run(argv, { ...options, timeoutMs, onLine: report }), fetcher, [
    "fetch",
    // No folder of archives, from the registry, keeping nothing but what is unpacked.
    "",
    "",
    ...group,
  ]);
  if ((await markOf(host, group[3] ?? "")) === group[2]) return;
  throw new HomeroomError(`${group[0]} ${group[1]} was fetched, but isn't in its place.`, {
    remedy: "Run the same command again.",
  });
}
