import { get } from "node:http";

const timeoutMs = 30_000;

/** The status of a GET by a connection of its own. @throws Error where there is no answer within half a minute. */
export function freshRequest(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", reject);
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer in time")));
    asked.on("error", reject);
  });
}
