import type { HostReader } from "../host/host.ts";
import { askFetcher, type Fetcher } from "./fetcher.ts";
import type { PublishedVersion, RegistryKey } from "./registry-signature.ts";

/** What the registry says of Homeroom. */
export interface Published {
  /** The registry's host, for people. */
  registry: string;
  package: {
    name: string;
    "dist-tags": { latest: string };
    versions: Record<string, PublishedVersion>;
    /** When each version came out, ISO 8601; some mirrors leave it out. */
    time?: Record<string, string>;
  };
  /** Null where it signs nothing. */
  keys: RegistryKey[] | null;
}

/** Milliseconds; a slow mirror is asked three times, a minute each. */
const patienceMs = 4 * 60_000;

/**
 * Asks the registry, reached as npm's configuration says, for every release and the keys that it signs with.
 * @throws HomeroomError where it doesn't answer, with what to do.
 */
export async function readPublished(
  host: HostReader,
  fetcher: Fetcher,
  timeoutMs = patienceMs,
): Promise<Published> {
  const answer = await askFetcher((argv, options) => host.query(argv, { ...options, timeoutMs }), fetcher, [
    "published",
    "homeroom",
  ]);
  return JSON.parse(answer) as Published;
}
