import { posix } from "node:path";
import { HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { lockFile } from "../../host/lock-file.ts";
import { whoAsks } from "../context.ts";
import { refuseOtherRelease, settleRelease } from "../settle-release.ts";
import { followTrusted } from "../trusted-path.ts";
import { configPath } from "./read-text.ts";

/** What a new file begins with: editors find the schema by it. */
export const header = "# yaml-language-server: $schema=/opt/homeroom/current/config/schema.json\n";

/** The private copy that is edited, and whatever text else must not be lost; the next edit offers it. */
export const copyPath = "/etc/homeroom/.config.yaml.edit";

/** Commands that the program of another release may be asked for. */
const changesRelease = new Set(["upgrade", "config rollback"]);

const lockPath = "/etc/homeroom/.config.yaml.lock";

/**
 * Lets one person at a time change the file, once an interrupted change of release is taken back: what stands in it
 * then is in the language of the release in use.
 * @param command as typed after `homeroom`
 * @throws HomeroomError (exit code 75) naming who holds it, since when and where; in the program of another release.
 */
export async function lockConfig(host: Host, command: string): Promise<AsyncDisposable> {
  await settleRelease(host);
  if (!changesRelease.has(command)) await refuseOtherRelease(host);
  await host.makeDirectory(posix.dirname(lockPath), { mode: 0o755, uid: 0, gid: 0 });
  return lockFile(host, { path: lockPath, command, who: whoAsks() });
}

/** The file's bytes; undefined where there is none. Links are followed: a teacher may keep the file elsewhere. */
export async function readConfigFile(host: Host): Promise<Buffer | undefined> {
  return host.read(await followTrusted(host, configPath));
}

/**
 * Replaces the file whole, with the owner, mode and ACLs that it had; a link stays a link.
 * @throws HomeroomError where there is no room; the file is as it was then.
 */
export async function writeConfigFile(host: Host, text: string): Promise<void> {
  const path = await followTrusted(host, configPath);
  const there = await host.stat(path);
  const { mode, uid, gid } = there ?? { mode: 0o600, uid: 0, gid: 0 };
  await whileRoom(path, () =>
    host.write(path, text, { mode, uid, gid, ...(there === undefined ? {} : { like: path }) }),
  );
}

/** Keeps a text for root alone. @throws HomeroomError where there is no room. */
export async function writeCopy(host: Host, bytes: string | Uint8Array, path = copyPath): Promise<void> {
  await whileRoom(path, () => host.write(path, bytes, { mode: 0o600, uid: 0, gid: 0 }));
}

async function whileRoom(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const reason = {
      ENOSPC: "the disk is full",
      EDQUOT: "the disk quota is used up",
      EROFS: "the disk is read-only",
    }[code];
    if (reason === undefined) throw error;
    const remedy = "The config is as it was. Make room, then run this again.";
    throw new HomeroomError(`${path} could not be written: ${reason}.`, { remedy, cause: error });
  }
}
