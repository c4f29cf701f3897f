import type { Host } from "../../host/host.ts";
import { resolveOwner } from "../../resources/accounts-file.ts";

/** What the hub does once for one person: it looks here every two seconds (templates/hub/homeroom/notices.py). */
interface Notice {
  /** ISO 8601, UTC; later than every notice before it. */
  at: string;
  /** Not only to sign the person out, but to forget password and history: the home is gone. */
  forget?: true;
}

const path = "/var/lib/homeroom/compiled/notices.json";
const keptDays = 30;

/** Tells the hub to end sessions, tokens and servers of these people. */
export async function giveNotice(
  host: Host,
  usernames: readonly string[],
  { forget = false } = {},
): Promise<void> {
  const text = (await host.read(path))?.toString("utf8") ?? "{}";
  const before = JSON.parse(text) as Record<string, Notice>;
  const newest = Math.max(0, ...Object.values(before).map(({ at }) => Date.parse(at)));
  const now = Math.max(Date.now(), newest + 1);
  // Each its own moment: a hub that stops between two goes on with the second.
  const given = usernames.map((name, index): [string, Notice] => [
    name,
    { at: new Date(now + index).toISOString(), ...(forget && { forget: true }) },
  ]);
  const kept = Object.entries(before).filter(([, { at }]) => Date.parse(at) > now - keptDays * 86_400_000);
  const notices = Object.fromEntries([...kept, ...given]);
  const owner = await resolveOwner(host, "root", "homeroom-hub");
  await host.write(path, `${JSON.stringify(notices)}\n`, { mode: 0o640, ...owner });
}
