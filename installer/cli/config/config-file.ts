import { posix } from "node:path";
import { HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { lockFile } from "../../host/lock-file.ts";
import { whoAsks } from "../context.ts";
import { configPath } from "./read-text.ts";

/** What a new file begins with: editors find the schema by it. */
export const header = "# yaml-language-server: $schema=/opt/homeroom/current/config/schema.json\n";

const lockPath = "/etc/homeroom/.config.yaml.lock";

/**
 * Lets one person at a time change the file.
 * @throws HomeroomError (exit code 75) naming who holds it, since when and where.
 */
export async function lockConfig(host: Host): Promise<AsyncDisposable> {
  await host.makeDirectory(posix.dirname(lockPath), { mode: 0o755, uid: 0, gid: 0 });
  return lockFile(host, { path: lockPath, command: "config", who: whoAsks() });
}

/** The file's bytes; undefined where there is none. Links are followed: a teacher may keep the file elsewhere. */
export async function readConfigFile(host: Host): Promise<Buffer | undefined> {
  return host.read(await targetOf(host));
}

/**
 * Replaces the file whole, with the owner and mode that it had; a link stays a link.
 * @throws HomeroomError where there is no room; the file is as it was then.
 */
export async function writeConfigFile(host: Host, text: string): Promise<void> {
  const path = await targetOf(host);
  const { mode, uid, gid } = (await host.stat(path)) ?? { mode: 0o600, uid: 0, gid: 0 };
  try {
    await host.write(path, text, { mode, uid, gid });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const reason = {
      ENOSPC: "the disk is full",
      EDQUOT: "the disk quota is used up",
      EROFS: "the disk is read-only",
    }[code];
    if (reason === undefined) throw error;
    const remedy = "The file is as it was. Make room, then run this again.";
    throw new HomeroomError(`${path} could not be written: ${reason}.`, { remedy, cause: error });
  }
}

async function targetOf(host: Host): Promise<string> {
  let path = configPath;
  for (let links = 0; links < 40; links++) {
    if ((await host.stat(path))?.kind !== "link") return path;
    path = posix.resolve(posix.dirname(path), (await host.readLink(path)) ?? "");
  }
  throw new HomeroomError(`${configPath} is a link that leads nowhere.`, { remedy: "Make it a file." });
}
