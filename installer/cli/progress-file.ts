import type { Host } from "../host/host.ts";

type State = "queued" | "started" | "completed" | "error";

/** /run/homeroom/progress.json: the named steps for the progress page; no log and no secret goes there. */
export class ProgressFile {
  readonly #host: Host;
  readonly #steps: Map<string, { name: string; state: State; seconds?: number }>;
  #written: Promise<void> = Promise.resolve();

  constructor(host: Host, names: readonly string[]) {
    this.#host = host;
    this.#steps = new Map(names.map((name) => [name, { name, state: "queued" }]));
  }

  set(name: string, state: State, milliseconds?: number): void {
    const seconds = milliseconds === undefined ? {} : { seconds: Math.round(milliseconds / 100) / 10 };
    this.#steps.set(name, { name, state, ...seconds });
    this.#written = this.#written.then(() => this.#write()).catch(() => undefined);
  }

  /** Waits until the last state is on disk. */
  written(): Promise<void> {
    return this.#written;
  }

  async #write(): Promise<void> {
    const content = JSON.stringify([...this.#steps.values()]);
    await this.#host.write("/run/homeroom/progress.json", content, { mode: 0o644, uid: 0, gid: 0 });
  }
}
