import { prepare, withoutCredentials } from "./download.ts";

const timeoutMs = 15_000;

/**
 * Sends JSON to a public address the way the rest of this machine reaches it (see `download`).
 * @throws Error without the address, which may be a secret, unless the answer is 2xx within 15 s.
 */
export async function postJson(address: string, value: unknown): Promise<void> {
  prepare();
  const { href, authorization } = withoutCredentials(address);
  const response = await fetch(href, {
    method: "POST",
    headers: { "content-type": "application/json", ...authorization },
    body: JSON.stringify(value),
    signal: AbortSignal.timeout(timeoutMs),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`it answered ${response.status}`);
}
