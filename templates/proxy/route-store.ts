import { type FSWatcher, readFileSync, renameSync, watch, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Log } from "configurable-http-proxy/lib/configproxy.js";
import { MemoryStore, type RouteData } from "configurable-http-proxy/lib/store.js";

/**
 * The routing table, kept in a file so that it survives a restart and so that two instances agree while one takes
 * over from the other. Not fsynced: after a power cut no server runs, and the hub puts right what is missing.
 */
export class RouteStore extends MemoryStore {
  readonly #file: string;
  readonly #defaultTarget: string;
  readonly #log: Log;
  #written = "";

  constructor(file: string, defaultTarget: string, log: Log) {
    super();
    this.#file = file;
    this.#defaultTarget = defaultTarget;
    this.#log = log;
    this.#load();
    this.#watch();
  }

  override add(path: string, data: RouteData): Promise<null> {
    const added = super.add(path, data);
    this.#save();
    return added;
  }

  override remove(path: string): Promise<RouteData | undefined> {
    const removed = super.remove(path);
    this.#save();
    return removed;
  }

  /** CHP may report activity on a route that was removed meanwhile. */
  override update(path: string, data: Partial<RouteData>): void {
    if (this.routes[this.cleanPath(path)] !== undefined) super.update(path, data);
  }

  #load(): void {
    const stored = this.#read();
    for (const path of Object.keys(this.routes)) if (stored[path] === undefined) void super.remove(path);
    for (const [path, data] of Object.entries(stored)) {
      const activity = this.routes[path]?.last_activity ?? data.last_activity ?? 0;
      void super.add(path, { ...data, last_activity: new Date(activity) });
    }
    if (this.routes["/"] === undefined) void super.add("/", { target: this.#defaultTarget });
  }

  #read(): Record<string, RouteData> {
    try {
      const text = readFileSync(this.#file, "utf8");
      const routes = JSON.parse(text) as Record<string, RouteData>;
      this.#written = text;
      return routes;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        this.#log.warn("%s is unreadable, starting without it: %s", this.#file, error);
      }
      return {};
    }
  }

  #save(): void {
    this.#written = JSON.stringify(this.routes);
    const fresh = `${this.#file}.${process.pid}`;
    writeFileSync(fresh, this.#written, { mode: 0o600 });
    renameSync(fresh, this.#file);
  }

  /** The directory, because a rename puts a new file in the place of the watched one. */
  #watch(): void {
    const watcher: FSWatcher = watch(dirname(this.#file), (_event, name) => {
      if (name === basename(this.#file) && this.#changedByOther()) this.#load();
    });
    watcher.on("error", (error) => this.#log.warn("cannot follow %s: %s", this.#file, error));
    watcher.unref();
  }

  #changedByOther(): boolean {
    try {
      return readFileSync(this.#file, "utf8") !== this.#written;
    } catch {
      return false;
    }
  }
}
