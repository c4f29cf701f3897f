import { interruptedTask } from "../apply/journal.ts";
import { isMachineLocked } from "../apply/lock.ts";
import { HomeroomError, OtherReleaseError } from "../errors.ts";
import { currentGeneration } from "../generations/generations.ts";
import type { Host } from "../host/host.ts";
import { readProgram } from "../upgrade/installed-release.ts";
import { handOver } from "./hand-over.ts";
import { readVersion } from "./read-release.ts";

/**
 * Where a change of release was interrupted: lets the release that was at it take it back, since it knows every kind
 * of its steps, and the config's language. To be called without the machine's lock, which that program takes, and
 * before anything of the config is read.
 * @returns whether there was such a thing.
 */
export async function settleRelease(host: Host, options: readonly string[] = []): Promise<boolean> {
  const release = (await interruptedTask(host))?.task.release;
  const inUse = (await currentGeneration(host))?.release;
  // A first install that was interrupted is gone on with, by whichever release is told to.
  if (release === undefined || inUse === undefined || release === inUse) return false;
  if (await isMachineLocked(host)) return false;
  const { argv } = await readProgram(host, release);
  const status = await handOver([...argv, "recover", "--own", ...options]);
  if (status === 0) return true;
  throw new HomeroomError(`Homeroom ${release} could not take back its interrupted task.`, {
    remedy: "What it said stands above. Run the same command again; `homeroom tasks` lists what was done.",
  });
}

/**
 * Only the release in use applies a config: another one may read it otherwise, or lack what it says.
 * @throws OtherReleaseError in the program of another one, as after an interrupted upgrade was taken back.
 */
export async function refuseOtherRelease(host: Host): Promise<void> {
  const inUse = (await currentGeneration(host))?.release;
  const own = await readVersion();
  if (inUse === undefined || inUse === own) return;
  throw new OtherReleaseError(`This is Homeroom ${own}, and ${inUse} is in use on this machine.`, {
    remedy: "`homeroom` starts the one in use. To change it: sudo homeroom upgrade",
  });
}
