import { format } from "node:util";
import type { Log } from "configurable-http-proxy/lib/configproxy.js";

/** Lines for systemd's journal, each with the priority that sd-daemon(3) puts in front; debug is dropped. */
export const journal: Log = {
  debug: () => {},
  info: (...words) => write(6, words),
  warn: (...words) => write(4, words),
  error: (...words) => write(3, words),
};

function write(priority: number, words: unknown[]): void {
  process.stderr.write(`<${priority}>${format(...words).replaceAll("\n", `\n<${priority}>`)}\n`);
}
