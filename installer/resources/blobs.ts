import type { Host, HostReader } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { hashOf } from "./hash.ts";

const folder = "/var/lib/homeroom/blobs";

/**
 * Keeps a content for later writes and undos; states hold only its hash. Root alone can read it, so a
 * configuration with secrets may be in it.
 */
export async function keepBlob(host: Host, content: string | Uint8Array): Promise<string> {
  const hash = hashOf(content);
  const path = `${folder}/${hash}`;
  if ((await host.stat(path)) === undefined) await host.write(path, content, { mode: 0o600, uid: 0, gid: 0 });
  return hash;
}

/** @throws HomeroomError where the content is gone or damaged. */
export async function readBlob(host: HostReader, hash: string): Promise<Buffer> {
  const content = await host.read(`${folder}/${hash}`);
  if (content === undefined || hashOf(content) !== hash) {
    throw new HomeroomError(`The stored content ${hash.slice(0, 12)} is missing or damaged.`, {
      remedy: "Run `homeroom install`: it writes every file anew.",
    });
  }
  return content;
}

/** The contents that a state (or anything else that is kept as JSON) names by their hashes. */
export function namedContents(json: string): string[] {
  return Array.from(json.matchAll(/"(?<hash>[0-9a-f]{64})"/g), ({ groups }) => groups?.["hash"] ?? "");
}

/** Removes every content that is not among those to keep. */
export async function removeBlobs(host: Host, { keep }: { keep: ReadonlySet<string> }): Promise<void> {
  for (const name of await host.list(folder)) {
    if (/^[0-9a-f]{64}$/.test(name) && !keep.has(name)) await host.remove(`${folder}/${name}`);
  }
}
