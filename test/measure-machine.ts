import { setTimeout as sleep } from "node:timers/promises";
import type { Plan } from "../installer/plan/plan.ts";
import type { Machine } from "../installer/sandbox/machine.ts";
import { HubClient } from "./hub-client.ts";
import { shell } from "./installed-machine.ts";

/** When the kernel ended something for memory last: milliseconds since 1970 by this machine's clock. */
export async function lastKill(machine: Machine): Promise<number> {
  const asked = Date.now();
  const [now = 0, entry = ""] = (
    await shell(machine, "date +%s%3N; journalctl --dmesg --output=json --grep=oom-kill: --lines=1")
  ).split("\n");
  const answered = Date.now();
  const {
    __REALTIME_TIMESTAMP: heard,
    __MONOTONIC_TIMESTAMP: at,
    _SOURCE_MONOTONIC_TIMESTAMP: said,
  } = JSON.parse(entry) as Record<string, string>;
  const killed = (Number(heard) - Number(at) + Number(said)) / 1000;
  return killed + (asked + answered) / 2 - Number(now);
}

/** Seconds that the last task's step about something took, by the journal of what was changed. */
export async function secondsOfStep(machine: Machine, id: string): Promise<number> {
  const text = await shell(machine, "cat $(ls /var/lib/homeroom/journal/*.jsonl | tail -n 1)");
  const entries = text
    .trim()
    .split("\n")
    .map(
      (line) => JSON.parse(line) as { time: string; event: string; step: number; state: string; plan: Plan },
    );
  const plan = entries.find(({ event }) => event === "plan")?.plan;
  const number = plan?.steps.find((step) => step.kind === "user-slice" && step.id === id)?.number;
  const time = (wanted: string) =>
    Date.parse(
      entries.find(({ event, step, state }) => event === "step" && step === number && state === wanted)
        ?.time ?? "",
    );
  return (time("completed") - time("started")) / 1000;
}

/** Seconds from the moment a service was told to stop until nothing of it was left, as systemd counted them. */
export async function secondsOfStop(machine: Machine, unit: string): Promise<number> {
  const [stopping = 0, stopped = 0] = (
    await shell(
      machine,
      `for which in ActiveExit InactiveEnter; do systemctl show -P "$which"TimestampMonotonic ${unit}; done`,
    )
  )
    .trim()
    .split("\n")
    .map(Number);
  if (stopping === 0) throw new Error(`${unit} has never stopped`);
  return (stopped - stopping) / 1e6;
}

/** Milliseconds that the login page took, asked for evenly and without waiting for the answers before. */
export async function hubTimes(
  machine: Machine,
  { seconds, perSecond }: { seconds: number; perSecond: number },
): Promise<number[]> {
  const asked: Promise<number>[] = [];
  for (let number = 0; number < seconds * perSecond; number += 1) {
    asked.push(
      (async () => {
        const began = performance.now();
        const { status, body } = await new HubClient(`${machine.url}/`).get("hub/login");
        if (!body.includes("_xsrf")) throw new Error(`no login page: ${status}`);
        return performance.now() - began;
      })(),
    );
    await sleep(1000 / perSecond);
  }
  return Promise.all(asked);
}

/** What was measured, for whoever reads the run. */
export function report(what: string, figures: object): void {
  process.stderr.write(`${what}: ${JSON.stringify(figures)}\n`);
}

/** Bytes. */
export async function totalMemory(machine: Machine): Promise<number> {
  return 1024 * Number(await shell(machine, "awk '/^MemTotal:/ {print $2}' /proc/meminfo"));
}

/** Watches how much memory is available; `end` gives the least that there was, in bytes. */
export async function leastMemory(machine: Machine): Promise<{ end(): Promise<number> }> {
  const look = "while :; do sed -n s/^MemAvailable://p /proc/meminfo; sleep 1; done";
  await shell(
    machine,
    `rm -f /run/memory; systemd-run --quiet --collect --unit=least -p StandardOutput=append:/run/memory sh -c '${look}'`,
  );
  return {
    async end() {
      const seen = await shell(machine, "systemctl stop least; cat /run/memory");
      return (
        1024 *
        Math.min(
          ...seen
            .trim()
            .split("\n")
            .map((line) => Number.parseInt(line, 10)),
        )
      );
    },
  };
}
