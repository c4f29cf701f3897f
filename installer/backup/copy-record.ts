import type { Host, HostReader } from "../host/host.ts";

/** What the last `homeroom backup run` came to. */
export interface CopyRecord {
  /** When it ended; ISO 8601, UTC. */
  at: string;
  /** Of the last one that succeeded: when, and restic's id of it. */
  good?: { at: string; snapshot: string; bytes: number; files: number };
  /** Why it failed; missing where it did not. */
  error?: string;
  /** Files that could not be read. */
  unread?: number;
}

const path = "/var/lib/homeroom/backup.json";

/** The last run; undefined where there was none. */
export async function readCopyRecord(host: HostReader): Promise<CopyRecord | undefined> {
  const text = (await host.read(path))?.toString("utf8");
  return text === undefined ? undefined : (JSON.parse(text) as CopyRecord);
}

/** Keeps what a run came to, for `status` and `doctor`. */
export async function writeCopyRecord(host: Host, record: CopyRecord): Promise<void> {
  await host.write(path, JSON.stringify(record), { mode: 0o600, uid: 0, gid: 0 });
}
