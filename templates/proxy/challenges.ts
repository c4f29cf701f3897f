import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";

const prefix = "/.well-known/acme-challenge/";

/**
 * Answers a certificate authority that looks whether this machine is the one which asked (RFC 8555, 8.3): what
 * stands in a file of the token's name. Returns false for every other request.
 */
export function answerChallenge(
  directory: string,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const path = request.url?.split("?")[0] ?? "";
  const token = path.startsWith(prefix) ? path.slice(prefix.length) : "";
  if (!/^[\w-]{1,256}$/.test(token)) return false;
  let answer: Buffer;
  try {
    answer = readFileSync(join(directory, token));
  } catch {
    return false;
  }
  response.writeHead(200, { "content-type": "application/octet-stream" }).end(answer);
  return true;
}
