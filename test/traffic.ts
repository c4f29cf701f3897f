import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Traffic {
  /** Stops asking and gives what was answered: each answer's status, or the words of what went wrong. */
  end(): Promise<{ answers: (number | string)[]; slowestMs: number }>;
}

/**
 * Asks an address evenly, one request every `everyMs`, each on a connection of its own and without waiting for the
 * one before: what a class does to a front door. A request that is not answered within ten seconds has failed.
 */
export function startTraffic(address: string, { everyMs = 10, headers = {} } = {}): Traffic {
  const answers: (number | string)[] = [];
  const open = new Set<Promise<void>>();
  const ending = new AbortController();
  let slowestMs = 0;
  const ask = async () => {
    const began = performance.now();
    answers.push(await answerOf(address, headers));
    slowestMs = Math.max(slowestMs, performance.now() - began);
  };
  const asking = (async () => {
    while (!ending.signal.aborted) {
      const asked: Promise<void> = ask().finally(() => open.delete(asked));
      open.add(asked);
      await sleep(everyMs);
    }
  })();
  return {
    async end() {
      ending.abort();
      await asking;
      await Promise.all(open);
      return { answers, slowestMs };
    },
  };
}

function answerOf(address: string, headers: Record<string, string>): Promise<number | string> {
  return new Promise((resolve) => {
    const asked = request(address, { headers, agent: false, timeout: 10_000 }, (response) => {
      response.on("error", (error) => resolve(error.message));
      response.on("end", () => resolve(response.statusCode ?? 0)).resume();
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer in time")));
    asked.on("error", (error) => resolve(error.message));
    asked.end();
  });
}
