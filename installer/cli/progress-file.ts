import type { Host } from "../host/host.ts";

type State = "queued" | "started" | "completed" | "error";

const path = "/run/homeroom/progress.json";

/**
 * The named steps for the page that the front door shows during a first install: no log and no secret goes
 * there. While the file is there the proxy shows the page instead of the hub.
 */
export class ProgressFile {
  readonly #host: Host | undefined;
  readonly #steps: Map<string, { name: string; state: State; seconds?: number }>;
  #written: Promise<void> = Promise.resolve();

  private constructor(host: Host | undefined, names: readonly string[]) {
    this.#host = host;
    this.#steps = new Map(names.map((name) => [name, { name, state: "queued" }]));
  }

  /** Writes the first state, or nothing where there is no host to show it on. */
  static async begin(host: Host | undefined, names: readonly string[]): Promise<ProgressFile> {
    const file = new ProgressFile(host, names);
    await host?.makeDirectory("/run/homeroom", { mode: 0o755, uid: 0, gid: 0 });
    await file.#write();
    return file;
  }

  set(name: string, state: State, milliseconds?: number): void {
    const seconds = milliseconds === undefined ? {} : { seconds: Math.round(milliseconds / 100) / 10 };
    this.#steps.set(name, { name, state, ...seconds });
    this.#written = this.#written.then(() => this.#write());
  }

  /** Takes the page away, after all that was to be shown on it. */
  async remove(): Promise<void> {
    await this.#written;
    await this.#host?.remove(path);
  }

  async #write(): Promise<void> {
    await this.#host?.write(path, JSON.stringify([...this.#steps.values()]), { mode: 0o644, uid: 0, gid: 0 });
  }
}
