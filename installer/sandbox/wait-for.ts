/**
 * Asks again and again until there is an answer; undefined after the time is up.
 * @throws the signal's reason when it is aborted.
 */
export async function waitFor<Value>(
  timeoutMs: number,
  probe: () => Promise<Value | undefined>,
  signal?: AbortSignal,
): Promise<Value | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined || Date.now() > deadline) return value;
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
