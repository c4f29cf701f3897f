import type { HostReader } from "../../host/host.ts";
import { instanceOf } from "../../desired/account-name.ts";
import { readTombstone, tombstonesFolder } from "../../resources/closed-account.ts";

/** A removed person, as `users list --removed --json` shows it. */
export interface KeptHome {
  username: string;
  account: string;
  home: string;
  /** ISO 8601, UTC. */
  removed: string;
  /** The home is deleted some day after that. */
  keptUntil: string;
  /** When the log said that it will be deleted; null before. */
  announced: string | null;
}

const dayMs = 86_400_000;

/** Everybody whose home is kept, the oldest first. @param keepHomes days, from the config */
export async function readTombstones(host: HostReader, keepHomes: number): Promise<KeptHome[]> {
  const found: KeptHome[] = [];
  for (const account of await host.list(tombstonesFolder)) {
    const tombstone = await readTombstone(host, account);
    if (tombstone === undefined) continue;
    const { name, removed, announced = null } = tombstone;
    found.push({
      username: name === "" ? instanceOf(account) : name,
      account,
      home: `/home/${account}`,
      removed,
      keptUntil: new Date(Date.parse(removed) + keepHomes * dayMs).toISOString(),
      announced,
    });
  }
  return found.toSorted((a, b) => (a.removed < b.removed ? -1 : 1));
}
