import { constants } from "node:fs";
import { lchown, link, open, rename, symlink, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { FileOwner } from "./host.ts";
import { temporaryName } from "./temporary-name.ts";

/**
 * Writes a file so that after any crash the old or the new content is there, whole: temporary name in the
 * same directory, fsync, rename, fsync of the directory. Replaces a link instead of following it.
 * @param finish what else the file needs before it has its name
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  { mode, uid, gid }: { mode: number } & FileOwner,
  finish?: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = await writeTemporary(path, content, { mode, uid, gid }, finish);
  try {
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Like writeAtomically, but only where nothing of that name is there; false where something is. */
export async function createAtomically(
  path: string,
  content: string,
  { mode, uid, gid }: { mode: number } & FileOwner,
): Promise<boolean> {
  const temporary = await writeTemporary(path, content, { mode, uid, gid });
  try {
    // link(2) never replaces, so of two processes one wins.
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
  await syncDirectory(dirname(path));
  return true;
}

/** Makes or replaces a symbolic link atomically, owned by `owner`. */
export async function linkAtomically(path: string, target: string, owner: FileOwner): Promise<void> {
  const temporary = temporaryName(path);
  await symlink(target, temporary);
  try {
    await lchown(temporary, owner.uid, owner.gid);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Makes the names in a directory (created, renamed, removed ones) survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** A new file beside `path` with everything in it and on disk; returns its name. */
async function writeTemporary(
  path: string,
  content: string | Uint8Array,
  { mode, uid, gid }: { mode: number } & FileOwner,
  finish?: (temporary: string) => Promise<void>,
): Promise<string> {
  const temporary = temporaryName(path);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(content);
    await file.chown(uid, gid);
    await file.chmod(mode);
    await finish?.(temporary);
    await file.sync();
    await file.close();
    return temporary;
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}
