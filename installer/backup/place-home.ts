import type { Host } from "../host/host.ts";
import { endServerOf } from "../resources/end-server.ts";
import type { Owner } from "./manifest.ts";
import type { Staging } from "./staging.ts";

/** Both names change places at one instant, so that there always is a home (renameat2(2), RENAME_EXCHANGE). */
const exchange = `
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.renameat2(-100, os.fsencode(sys.argv[1]), -100, os.fsencode(sys.argv[2]), 2) != 0:
    error = ctypes.get_errno()
    sys.exit(os.strerror(error))
folder = os.open(os.path.dirname(sys.argv[1]), os.O_RDONLY)
os.fsync(folder)
`;

export interface PlacedHome {
  account: string;
  /** Where the home that was there is now; undefined where there was none. */
  kept: string | undefined;
}

/**
 * Puts a home that lies whole and on disk in the staging folder into its place. The one that is there is kept beside
 * it. /home and both folders are root's, so that no link of a student's is on the way.
 * @param was the numbers that its files have; @param is those that the account has on this machine
 */
export async function placeHome(host: Host, staging: Staging, was: Owner, is: Owner): Promise<PlacedHome> {
  const { account } = was;
  const staged = `${staging.homes}/home/${account}`;
  if (is.uid !== was.uid || is.gid !== was.gid) await changeOwner(host, staged, was, is);
  const home = `/home/${account}`;
  const there = await host.stat(home);
  if (there === undefined) {
    await host.rename(staged, home);
    return { account, kept: undefined };
  }
  await endServerOf(host, account);
  const kept = `/home/${account}.before-${staging.id}`;
  await host.rename(staged, kept);
  await host.run(["/usr/bin/python3", "-I", "-c", exchange, host.realPath(home), host.realPath(kept)]);
  return { account, kept };
}

/** Nobody works in there yet, and links are changed themselves, so it reaches nothing else. */
async function changeOwner(host: Host, folder: string, was: Owner, is: Owner): Promise<void> {
  await host.run(
    [
      "chown",
      "--recursive",
      "--no-dereference",
      `--from=${was.uid}:${was.gid}`,
      `${is.uid}:${is.gid}`,
      "--",
      folder,
    ],
    { timeoutMs: 60 * 60_000 },
  );
}
