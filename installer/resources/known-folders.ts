import type { Host, HostReader } from "../host/host.ts";
import { sourcesFolder, type FolderPart } from "./folder-part.ts";

const path = "/var/lib/homeroom/folders.json";
/** The one in use, and those that somebody may go back to. */
const most = 3;

/** What environments were built for of late, newest first; only root writes this. */
export async function readKnownFolders(host: HostReader): Promise<FolderPart[]> {
  const text = await host.read(path);
  return text === undefined ? [] : (JSON.parse(text.toString("utf8")) as FolderPart[]);
}

/** Notes that an environment was built for it, so that going back needs no network; its copy is kept then. */
export async function rememberFolder(host: Host, folder: FolderPart): Promise<void> {
  const others = (await readKnownFolders(host)).filter(({ source }) => source !== folder.source);
  const text = JSON.stringify([folder, ...others].slice(0, most));
  if ((await host.read(path))?.toString("utf8") === text) return;
  await host.write(path, text, { mode: 0o644, uid: 0, gid: 0 });
}

/** What was last built of a source, where its copy is still there. */
export async function knownFolder(host: HostReader, source: string): Promise<FolderPart | undefined> {
  const folder = (await readKnownFolders(host)).find((each) => each.source === source);
  if (folder === undefined || (await host.stat(`${sourcesFolder}/${folder.key}`)) === undefined)
    return undefined;
  return folder;
}
