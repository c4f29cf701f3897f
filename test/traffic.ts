import { request } from "node:http";
import { request as requestEncrypted } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

export interface Traffic {
  /** Waits until there have been this many answers. */
  reach(count: number): Promise<void>;
  /** Stops asking and gives what was answered: each answer's status, or the words of what went wrong. */
  end(): Promise<(number | string)[]>;
}

/**
 * Asks an address evenly, one request every `everyMs`, each on a connection of its own and without waiting for the
 * one before: what a class does to a front door. A request that is not answered within a minute has failed; how long
 * answers take is for the benchmarks to say.
 */
export function startTraffic(address: string, { everyMs }: { everyMs: number }): Traffic {
  const answers: (number | string)[] = [];
  const open = new Set<Promise<unknown>>();
  const ending = new AbortController();
  const asking = (async () => {
    while (!ending.signal.aborted) {
      const asked: Promise<unknown> = answerOf(address)
        .then((answer) => answers.push(answer))
        .finally(() => open.delete(asked));
      open.add(asked);
      await sleep(everyMs);
    }
  })();
  return {
    async reach(count) {
      while (answers.length < count) await sleep(everyMs);
    },
    async end() {
      ending.abort();
      await asking;
      await Promise.all(open);
      return answers;
    },
  };
}

function answerOf(address: string): Promise<number | string> {
  return new Promise((resolve) => {
    const ask = address.startsWith("https:") ? requestEncrypted : request;
    const asked = ask(address, { agent: false, timeout: 60_000 }, (response) => {
      response.on("error", (error) => resolve(error.message));
      response.on("end", () => resolve(response.statusCode ?? 0)).resume();
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer in time")));
    asked.on("error", (error) => resolve(error.message));
    asked.end();
  });
}
