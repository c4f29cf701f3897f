import { interruptedTask } from "../apply/journal.ts";
import { HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { readProgram } from "../upgrade/installed-release.ts";
import { narrate } from "./context.ts";
import { handOver } from "./hand-over.ts";
import { readVersion } from "./read-release.ts";

/**
 * Lets the release whose task was interrupted (an upgrade, a rollback) take it back itself: it knows every kind of
 * step in its plan, which this one may not. To be called without the machine's lock, which that program takes.
 * @returns whether there was something of another release to take back.
 */
export async function recoverByItsRelease(host: Host, options: readonly string[] = []): Promise<boolean> {
  const release = (await interruptedTask(host))?.task.release;
  if (release === undefined || release === (await readVersion())) return false;
  const { argv } = await readProgram(host, release);
  narrate(`A task of Homeroom ${release} was interrupted; it takes back its own.`);
  const status = await handOver([...argv, "recover", ...options]);
  if (status === 0) return true;
  throw new HomeroomError(`Homeroom ${release} could not take back its interrupted task.`, {
    remedy: "What it said stands above. Run the same command again; `homeroom tasks` lists what was done.",
  });
}
