import { chmodSync } from "node:fs";
import { pino, type Logger } from "pino";
import type { StepState } from "../apply/task.ts";
import type { Host } from "../host/host.ts";
import type { PlannedStep } from "../plan/plan.ts";

const folder = "/var/log/homeroom";

/** The full log of a task: every step with its time, and every line that a program said. */
export class TaskLog {
  readonly #logger: Logger;
  readonly #stream: ReturnType<typeof pino.destination>;

  private constructor(path: string) {
    this.#stream = pino.destination({ dest: path, append: true, sync: true });
    chmodSync(path, 0o640);
    this.#logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, this.#stream);
  }

  static async open(host: Host, command: string): Promise<TaskLog> {
    await host.makeDirectory(folder, { mode: 0o750, uid: 0, gid: 0 });
    const log = new TaskLog(host.realPath(logPath(command)));
    log.#logger.info({ command }, "task");
    return log;
  }

  step({ kind, id }: PlannedStep, state: StepState, milliseconds?: number): void {
    const ms = milliseconds === undefined ? {} : { ms: Math.round(milliseconds) };
    this.#logger[state === "error" ? "error" : "info"]({ step: `${kind} ${id}`, state, ...ms });
  }

  said({ kind, id }: PlannedStep, line: string): void {
    this.#logger.info({ step: `${kind} ${id}` }, line);
  }

  phase(phase: string): void {
    this.#logger.info({ phase });
  }

  close(): void {
    this.#stream.end();
  }
}

/** Where a command's full log is: "/var/log/homeroom/install.log". */
export function logPath(command: string): string {
  return `${folder}/${command.split(" ")[0]}.log`;
}
