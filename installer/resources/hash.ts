import { createHash } from "node:crypto";

/** The name of a content: sha256 in hex. */
export function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
