import type { HostReader } from "../host/host.ts";
import { readAccounts } from "./accounts-file.ts";

/** What the hub says of a person: shown, never trusted. */
export interface HubRecord {
  /** ISO 8601, UTC; undefined where the person was never here. */
  lastActivity?: string;
  /** Has chosen a password. */
  hasPassword: boolean;
}

export interface HubReport {
  /** By user name. */
  people: ReadonlyMap<string, HubRecord>;
  /** Why nobody is known, where the hub's databases could not be read. */
  problem?: string;
}

/**
 * Asks the hub's databases, in a process that has the hub's rights and no others: what the hub can write is no food for
 * root.
 */
export async function readHubReport(host: HostReader): Promise<HubReport> {
  const hub = (await readAccounts(host)).users.get("homeroom-hub");
  if (hub === undefined) return { people: new Map() };
  const script = "/opt/homeroom/current/templates/hub/people_report.py";
  const argv = ["/usr/bin/python3", "-I", script, "/var/lib/homeroom/hub"];
  try {
    const { stdout } = await host.query(argv, { as: { uid: hub.uid, gid: hub.gid }, timeoutMs: 10_000 });
    return { people: recordsOf(JSON.parse(stdout)) };
  } catch (error) {
    return { people: new Map(), problem: (error as Error).message };
  }
}

function recordsOf(written: unknown): Map<string, HubRecord> {
  if (typeof written !== "object" || written === null) return new Map();
  return new Map(
    Object.entries(written as Record<string, { last_activity?: unknown; password?: unknown } | null>).map(
      ([name, record]) => {
        const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(String(record?.last_activity))?.[0];
        return [
          name,
          { ...(at !== undefined && { lastActivity: `${at}Z` }), hasPassword: record?.password === true },
        ];
      },
    ),
  );
}
