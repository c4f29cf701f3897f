import { HomeroomError } from "../../errors.ts";
import { currentGeneration } from "../../generations/generations.ts";
import type { Host } from "../../host/host.ts";
import { hashOf } from "../../resources/hash.ts";
import type { Applied } from "../apply-situation.ts";
import { applyNow, type ApplyFlags } from "../apply.ts";

export interface ApplyWritten {
  /** As typed after `homeroom`. */
  command: string;
  flags: ApplyFlags;
  /** The config's text, which is written already. */
  written: string;
  /** Puts the file back as it was, or does not where a person only said no; says in a sentence what holds then. */
  restore: (why: "failed" | "declined") => Promise<string>;
}

/**
 * Applies what was just written into the config. Where that fails or is declined the file is put back, so that it
 * says what the machine is, and the next change does not meet the same failure. To be called under the config's lock.
 * @throws HomeroomError of the step or check that failed.
 */
export async function applyOrRestore(
  host: Host,
  { command, flags, written, restore }: ApplyWritten,
): Promise<Applied> {
  let applied: Applied;
  try {
    applied = await applyNow(host, command, flags);
  } catch (error) {
    // What fails once the generation is in use takes nothing back.
    if ((await currentGeneration(host))?.config === hashOf(written)) throw error;
    const words = await restore("failed");
    if (!(error instanceof HomeroomError)) throw error;
    const { message, remedy, exitCode } = error;
    throw new HomeroomError(message, { remedy: `${remedy}\n${words}`, exitCode, cause: error });
  }
  if (applied.outcome === "declined") await restore("declined");
  return applied;
}
