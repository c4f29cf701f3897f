import type { Host } from "../../host/host.ts";
import { rosterPath } from "../read-roster.ts";

/** The roster's text as it stands; undefined where there is no file. */
export async function readRosterFile(host: Host): Promise<string | undefined> {
  return (await host.read(rosterPath))?.toString("utf8");
}

/** Replaces the roster whole, with the owner and mode that it had; undefined removes it. */
export async function writeRosterFile(host: Host, text: string | undefined): Promise<void> {
  if (text === undefined) return host.remove(rosterPath);
  const { mode, uid, gid } = (await host.stat(rosterPath)) ?? { mode: 0o600, uid: 0, gid: 0 };
  await host.write(rosterPath, text, { mode, uid, gid });
}
