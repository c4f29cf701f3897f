import { existsSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** Resolves when a file is there: at once, or when it gets its name. Its directory must be there. */
export function whenThere(path: string): Promise<void> {
  if (existsSync(path)) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (!existsSync(path)) return;
      watcher.close();
      resolve();
    };
    const watcher = watch(dirname(path), (_event, name) => {
      if (name === basename(path)) look();
    });
    // It may have come between the first look and the watch.
    look();
  });
}
