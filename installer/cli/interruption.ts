import { narrate } from "./context.ts";

/**
 * A signal that Ctrl-C, a closed terminal or systemd raise. Steps look at it between one another, so nothing
 * is cut in the middle; a second Ctrl-C changes nothing about that.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (!controller.signal.aborted) narrate("Stopping after the step at work …");
      controller.abort();
    });
  }
  return controller.signal;
}
