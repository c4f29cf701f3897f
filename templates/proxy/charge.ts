import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Which of the two instances serves: a file with its name. The other one, when it is stopped, sees that there is
 * a successor and may take its time; without one (shutdown, restart) it must not.
 */
export class Charge {
  readonly #file: string;
  readonly #instance: string;

  constructor(file: string, instance: string) {
    this.#file = file;
    this.#instance = instance;
  }

  /** This instance serves from now on. */
  take(): void {
    writeFileSync(`${this.#file}.${this.#instance}`, this.#instance, { mode: 0o600 });
    renameSync(`${this.#file}.${this.#instance}`, this.#file);
  }

  /** Nobody serves any more, where it was this instance. */
  release(): void {
    if (this.#holder() === this.#instance) rmSync(this.#file, { force: true });
  }

  /** Whether the other instance serves. */
  hasSuccessor(): boolean {
    const holder = this.#holder();
    return holder !== undefined && holder !== this.#instance;
  }

  #holder(): string | undefined {
    try {
      return readFileSync(this.#file, "utf8").trim();
    } catch {
      return undefined;
    }
  }
}
