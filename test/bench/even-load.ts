import { setTimeout as sleep } from "node:timers/promises";

/** What came of requests that were sent at even distances. */
export interface Load {
  sent: number;
  /** Of those, without the answer that was expected. */
  failed: number;
  /** Seconds until the slowest answer. */
  slowest: number;
}

/**
 * Sends requests at even distances, whether or not the ones before were answered, until `count` of them are sent and
 * `during` has ended, whatever comes last; `ask` says whether the answer was the one expected.
 */
export async function evenLoad(
  options: { count: number; perSecond: number; ask: () => Promise<boolean> },
  during: () => Promise<void>,
): Promise<Load> {
  const { count, perSecond, ask } = options;
  const answers: Promise<{ good: boolean; seconds: number }>[] = [];
  const ended = new AbortController();
  const sending = (async () => {
    const began = performance.now();
    for (let number = 0; number < count || !ended.signal.aborted; number += 1) {
      await sleep(Math.max(0, began + (number * 1000) / perSecond - performance.now()));
      answers.push(timed(ask));
    }
  })();
  try {
    // Some requests before anything happens.
    await sleep(500);
    await during();
  } finally {
    ended.abort();
    await sending;
  }
  const done = await Promise.all(answers);
  return {
    sent: done.length,
    failed: done.filter(({ good }) => !good).length,
    slowest: Math.max(...done.map(({ seconds }) => seconds)),
  };
}

async function timed(ask: () => Promise<boolean>): Promise<{ good: boolean; seconds: number }> {
  const began = performance.now();
  const good = await ask().catch(() => false);
  return { good, seconds: (performance.now() - began) / 1000 };
}
