import type { Host, HostReader } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import type { ResourceKind } from "./resource.ts";
import { isSomethingElse, type SomethingElse } from "./something-else.ts";
import { lastLogLines, showUnits, type UnitProperties } from "./systemctl.ts";

export interface ServiceState {
  /**
   * Hash of every file that the running process was started with. It stands in the unit as the variable
   * HOMEROOM_INPUTS, so the process itself proves it, whoever started it and whenever. `unknown` where it carries none.
   */
  inputs: string;
}

const unknown = "unknown";

/** What an admin masked cannot be started, only kept or, with its unit file written anew, taken (systemctl(1)). */
const masked: SomethingElse = { instead: "link", target: "/dev/null" };

const startTimeoutMs = 300_000;
const running = new Set(["active", "reloading", "activating", "refreshing"]);

/** A running service; its id is the unit. Whatever needs a restart differs in `inputs`, and nothing else does. */
export const service: ResourceKind<ServiceState | SomethingElse> = {
  kind: "service",
  async read(host, id) {
    return (await readServices(host, [id])).get(id);
  },
  readMany: readServices,
  async write(host, id, state) {
    if (state === undefined || isSomethingElse(state)) {
      await host.run(["systemctl", "stop", "--", id], { timeoutMs: startTimeoutMs, okCodes: [0, 5] });
    } else {
      await startUnit(host, "restart", id);
    }
  },
  isSame: mayRunWith,
  describe: ({ id, before, after }) => ({
    words: `${after === undefined ? "stop" : before === undefined ? "start" : "restart"} ${id}`,
    affects: id.startsWith("homeroom-hub.") ? { who: "hub", seconds: 2 } : { who: "nobody" },
  }),
};

/** Starts or restarts a unit and waits until it is ready; a failure says the unit's last words. */
export async function startUnit(host: Host, verb: "start" | "restart", unit: string): Promise<void> {
  // A unit that failed too often refuses to start until its counter is reset.
  await host.run(["systemctl", "reset-failed", "--", unit], { okCodes: [0, 1] });
  const { exitCode } = await host.run(["systemctl", verb, "--", unit], {
    timeoutMs: startTimeoutMs,
    okCodes: [0, 1, 3, 4, 5],
  });
  if (exitCode === 0) return;
  const words = await lastLogLines(host, unit);
  throw new HomeroomError(`The service ${unit} did not start.`, {
    remedy: `It said last:\n${words}\n\nMore: journalctl -u ${unit}`,
  });
}

/** The hash that a running process carries in its environment. */
export async function inputsOf(host: HostReader, { MainPID: pid = "0" }: UnitProperties): Promise<string> {
  const environment = (await host.read(`/proc/${pid}/environ`))?.toString("utf8") ?? "";
  const entry = environment.split("\0").find((each) => each.startsWith("HOMEROOM_INPUTS="));
  return entry?.slice("HOMEROOM_INPUTS=".length) ?? unknown;
}

/** With unknown inputs nothing can be started: an undo starts it with what its unit says by then. */
export function mayRunWith(is: ServiceState | SomethingElse, wanted: ServiceState | SomethingElse): boolean {
  return !isSomethingElse(is) && !isSomethingElse(wanted) && wanted.inputs === unknown;
}

export function isRunning({ ActiveState = "inactive" }: UnitProperties): boolean {
  return running.has(ActiveState);
}

async function readServices(
  host: HostReader,
  ids: readonly string[],
): Promise<Map<string, ServiceState | SomethingElse>> {
  const states = new Map<string, ServiceState | SomethingElse>();
  for (const [id, unit] of await showUnits(host, ids, ["LoadState", "ActiveState", "MainPID"])) {
    if (unit["LoadState"] === "masked") states.set(id, masked);
    else if (isRunning(unit)) states.set(id, { inputs: await inputsOf(host, unit) });
  }
  return states;
}
