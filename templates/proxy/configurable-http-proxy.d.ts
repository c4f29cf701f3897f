declare module "configurable-http-proxy/lib/store.js" {
  export interface RouteData {
    target: string;
    last_activity?: Date | string;
    [key: string]: unknown;
  }

  export class MemoryStore {
    routes: Record<string, RouteData>;
    cleanPath(path: string): string;
    get(path: string): Promise<RouteData | undefined>;
    getTarget(path: string): Promise<{ prefix: string; data: RouteData } | undefined>;
    getAll(): Promise<Record<string, RouteData>>;
    add(path: string, data: RouteData): Promise<null>;
    update(path: string, data: Partial<RouteData>): void;
    remove(path: string): Promise<RouteData | undefined>;
  }
}

declare module "configurable-http-proxy/lib/configproxy.js" {
  import type { EventEmitter } from "node:events";
  import type { IncomingMessage, Server, ServerResponse } from "node:http";
  import type { MemoryStore } from "configurable-http-proxy/lib/store.js";

  export interface Log {
    debug(...words: unknown[]): void;
    info(...words: unknown[]): void;
    warn(...words: unknown[]): void;
    error(...words: unknown[]): void;
  }

  export class ConfigurableProxy extends EventEmitter {
    constructor(options: Record<string, unknown> & { log: Log; authToken: string });
    readonly proxyServer: Server;
    readonly apiServer: Server;
    readonly proxy: EventEmitter;
    _routes: MemoryStore;
    handleProxyError(
      code: number,
      kind: "web",
      req: IncomingMessage,
      res: ServerResponse,
      error?: Error,
    ): void;
  }
}
