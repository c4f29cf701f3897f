import { request } from "node:http";

/**
 * An HTTP GET of one of this machine's own services; undefined where nobody answers in time. The connection
 * closes with the answer, so that no idle one keeps this process from ending.
 */
export function get(
  address: string,
  { timeoutMs }: { timeoutMs: number },
): Promise<{ status: number; body: string } | undefined> {
  return new Promise((resolve) => {
    const asked = request(
      address,
      { agent: false, signal: AbortSignal.timeout(Math.ceil(timeoutMs)) },
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
