import { currentGeneration } from "../../generations/generations.ts";
import type { Host } from "../../host/host.ts";
import { hashOf } from "../../resources/hash.ts";
import { copyPath, writeCopy } from "./config-file.ts";
import { narrate } from "../context.ts";

/**
 * Keeps the file's text, which is about to be replaced, where no generation has it: changes that were made by hand
 * and never applied. The next edit offers them.
 */
export async function keepUnapplied(host: Host, text: string): Promise<void> {
  if ((await currentGeneration(host))?.config === hashOf(text)) return;
  const path = (await host.stat(copyPath)) === undefined ? copyPath : `${copyPath}.${Date.now()}`;
  await writeCopy(host, text, path);
  narrate(`What was changed in the file and never applied is kept in ${host.realPath(path)}.`);
}
