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
