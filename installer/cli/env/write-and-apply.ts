import { HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { writeConfigFile } from "../config/config-file.ts";

/**
 * Writes the config and makes it hold; where that fails the config is as it was.
 * @param before the text that is there
 */
export async function writeAndApply(
  host: Host,
  { text, before }: { text: string; before: string },
  apply: () => Promise<unknown>,
): Promise<void> {
  if (text !== before) await writeConfigFile(host, text);
  try {
    await apply();
  } catch (error) {
    if (text !== before) await writeConfigFile(host, before);
    if (!(error instanceof HomeroomError)) throw error;
    const remedy = `${error.remedy}\nThe config is as it was.`;
    throw new HomeroomError(error.message, { remedy, exitCode: error.exitCode, cause: error });
  }
}
