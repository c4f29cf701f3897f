import { Command } from "commander";
import { isMachineLocked } from "../apply/lock.ts";
import type { Host } from "../host/host.ts";
import { hostOf, narrate, requireRoot, type GlobalOptions } from "./context.ts";
import { readConfig } from "./read-config.ts";
import { readStatus } from "./status.ts";
import { look, readWatched } from "./watch/changes-of-health.ts";
import { metricsText } from "./watch/metrics.ts";
import { tell } from "./watch/tell.ts";

const folder = "/var/lib/homeroom/metrics";
const record = "/var/lib/homeroom/watch.json";
const owner = { uid: 0, gid: 0 };

/** `homeroom watch`: what homeroom-watch.timer runs every minute. */
export function watchCommand(): Command {
  return new Command("watch")
    .description(
      "Look once whether the hub is well, tell who wants to know, keep figures (a timer runs this).",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom watch\n  sudo homeroom config set metrics.enabled=true",
    )
    .action(async function (this: Command) {
      const options = this.optsWithGlobals<GlobalOptions>();
      requireRoot(options);
      const host = hostOf(options);
      // What is being changed just now is no trouble, and looks like one.
      if (!(await isMachineLocked(host))) await watch(host);
    });
}

async function watch(host: Host): Promise<void> {
  const { alerts, metrics } = (await readConfig(host)).config;
  const status = await readStatus(host);
  if (metrics.enabled) {
    await host.makeDirectory(folder, { mode: 0o755, ...owner });
    await host.write(`${folder}/homeroom.prom`, metricsText(status, Date.now()), { mode: 0o644, ...owner });
  }
  const before = readWatched((await host.read(record))?.toString("utf8") ?? "");
  const { after, tell: isNews } = look(before, status.healthy);
  const failed = isNews ? await tell(host, alerts, status) : [];
  for (const words of failed) narrate(words);
  // What reached nobody is told again at the next look.
  const reached = failed.length === 0 ? after : { ...after, toldHealthy: before.toldHealthy };
  if (JSON.stringify(reached) !== JSON.stringify(before)) {
    await host.write(record, JSON.stringify(reached), { mode: 0o600, ...owner });
  }
}
