import { request as requestPlain } from "node:http";
import { request as requestEncrypted } from "node:https";

/**
 * An HTTP GET of one of this machine's own services; undefined where nobody answers in time. The connection
 * closes with the answer, so that no idle one keeps this process from ending.
 */
export function get(
  address: string,
  { timeoutMs }: { timeoutMs: number },
): Promise<{ status: number; body: string } | undefined> {
  return new Promise((resolve) => {
    const request = address.startsWith("https:") ? requestEncrypted : requestPlain;
    const asked = request(
      address,
      // Its certificate is for the name by which people come, and this asks by the machine's own address.
      { agent: false, rejectUnauthorized: false, signal: AbortSignal.timeout(Math.ceil(timeoutMs)) },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", () => resolve(undefined));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString("utf8") }),
        );
      },
    );
    asked.on("error", () => resolve(undefined));
    asked.end();
  });
}
