import { hostname } from "node:os";
import { HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { readAccounts } from "../resources/accounts-file.ts";
import { readCopyRecord, writeCopyRecord, type CopyRecord } from "./copy-record.ts";
import { manifestPath, peopleWithHomes, writeManifest } from "./manifest.ts";
import { isRepository, restic, type Repository } from "./repository.ts";

export interface CopyOptions {
  repository: Repository;
  release: string;
  /** How many of each are kept. */
  keep: { daily: number; weekly: number; monthly: number };
}

/** restic(1): the copy was made, but some files could not be read. */
const someUnread = 3;
const hub = "/var/lib/homeroom/hub";
/** The databases as they were at one moment, each whole; the hub's account makes them, as root opens nothing of the hub's. */
export const databaseCopies = `${hub}/copies`;
const copyScript = "/opt/homeroom/current/templates/hub/copy_databases.py";

/** All that a machine cannot be made again without, beside homes. */
const state = [
  "/etc/homeroom",
  "/var/lib/homeroom/secrets",
  "/var/lib/homeroom/uids",
  "/var/lib/homeroom/snapshots",
  `${hub}/accounts.json`,
  databaseCopies,
  manifestPath,
];

/**
 * Makes a copy of config, roster, secrets, the hub's databases, the environment's snapshots and everybody's home, and
 * forgets older ones. What it came to is kept for `status`, success or not.
 * @throws HomeroomError with what to do; a copy that was begun counts for nothing then
 */
export async function makeCopy(host: Host, options: CopyOptions): Promise<CopyRecord> {
  const before = await readCopyRecord(host);
  const at = () => new Date().toISOString();
  try {
    const record = await copied(host, options);
    await writeCopyRecord(host, record);
    return record;
  } catch (error) {
    const words = error instanceof HomeroomError ? error.message : String(error);
    const good = before?.good === undefined ? {} : { good: before.good };
    await writeCopyRecord(host, { at: at(), error: words, ...good });
    throw error;
  } finally {
    await removeDatabaseCopies(host);
  }
}

async function copied(host: Host, { repository, release, keep }: CopyOptions): Promise<CopyRecord> {
  if (!(await isRepository(host, repository))) await restic(host, repository, ["init"]);
  await copyDatabases(host);
  const people = await peopleWithHomes(host);
  await writeManifest(host, { version: 1, release, at: new Date().toISOString(), people });
  const homes = people.map(({ account }) => `/home/${account}`);
  const paths = [];
  for (const path of [...state, ...homes]) if ((await host.stat(path)) !== undefined) paths.push(path);
  const secrets = [repository.passwordFile, repository.keysFile].flatMap((path) =>
    path === null ? [] : [path],
  );
  const { stdout, exitCode } = await restic(
    host,
    repository,
    [
      "backup",
      "--json",
      "--quiet",
      "--one-file-system",
      `--tag=${tag}`,
      ...secrets.map((path) => `--exclude=${path}`),
      "--files-from-verbatim=-",
    ],
    { input: `${paths.join("\n")}\n`, okCodes: [0, someUnread] },
  );
  const { snapshot, bytes, files, unread } = summaryIn(stdout);
  await restic(host, repository, [
    "forget",
    `--host=${hostname()}`,
    `--tag=${tag}`,
    "--group-by=host,tags",
    `--keep-daily=${keep.daily}`,
    `--keep-weekly=${keep.weekly}`,
    `--keep-monthly=${keep.monthly}`,
    "--prune",
    "--quiet",
  ]);
  const at = new Date().toISOString();
  const some = exitCode === someUnread ? { unread: Math.max(unread, 1) } : {};
  return { at, good: { at, snapshot, bytes, files }, ...some };
}

/** By which Homeroom knows its copies in a repository that others use too. */
export const tag = "homeroom";

async function copyDatabases(host: Host): Promise<void> {
  const account = (await readAccounts(host)).users.get("homeroom-hub");
  if (account === undefined)
    throw new HomeroomError("There is no hub here.", { remedy: "Type: sudo homeroom apply" });
  const { uid, gid } = account;
  await host.run(["/usr/bin/python3", "-I", copyScript, hub, databaseCopies], {
    as: { uid, gid },
    umask: 0o077,
    timeoutMs: 10 * 60_000,
  });
}

async function removeDatabaseCopies(host: Host): Promise<void> {
  const account = (await readAccounts(host)).users.get("homeroom-hub");
  if (account === undefined) return;
  const { uid, gid } = account;
  await host.run(["rm", "-rf", "--one-file-system", "--", databaseCopies], { as: { uid, gid } });
}

/** restic's last words in JSON (its documentation, "Scripting"). */
function summaryIn(stdout: string): { snapshot: string; bytes: number; files: number; unread: number } {
  const lines = stdout.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as Record<string, unknown>];
    } catch {
      return [];
    }
  });
  const summary = lines.find((line) => line["message_type"] === "summary") ?? {};
  return {
    snapshot: idOf(summary["snapshot_id"]),
    bytes: Number(summary["total_bytes_processed"] ?? 0),
    files: Number(summary["total_files_processed"] ?? 0),
    unread: lines.filter((line) => line["message_type"] === "error").length,
  };
}

/** As `restic snapshots` shows it. */
function idOf(written: unknown): string {
  return typeof written === "string" ? written.slice(0, 8) : "";
}
