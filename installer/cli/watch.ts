import { Command } from "commander";
import { isMachineLocked } from "../apply/lock.ts";
import { canLook, type CanaryLook } from "../health/canary.ts";
import type { Host } from "../host/host.ts";
import { hostOf, narrate, requireRoot, type GlobalOptions } from "./context.ts";
import { readConfig } from "./read-config.ts";
import { readStatus } from "./status.ts";
import type { Config } from "../../config/config.ts";
import { lookAsCanary, readLastLook } from "./canary/look-as-canary.ts";
import { look, readWatched } from "./watch/changes-of-health.ts";
import { metricsText } from "./watch/metrics.ts";
import { tell } from "./watch/tell.ts";

const folder = "/var/lib/homeroom/metrics";
const record = "/var/lib/homeroom/watch.json";
const canaryEveryMs = 60 * 60 * 1000;
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
  const { config } = await readConfig(host);
  const { alerts, metrics } = config;
  const status = await readStatus(host);
  if (metrics.enabled) {
    await host.makeDirectory(folder, { mode: 0o755, ...owner });
    await host.write(
      `${folder}/homeroom.prom`,
      metricsText(status, Date.now(), await lookNowAndThen(host, config, status.healthy)),
      { mode: 0o644, ...owner },
    );
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

/** A server's start costs two seconds of a processor: once an hour is enough, and where nobody answers it is known. */
async function lookNowAndThen(host: Host, config: Config, healthy: boolean): Promise<CanaryLook | undefined> {
  const last = await readLastLook(host);
  if (
    !healthy ||
    !canLook(config) ||
    (last !== undefined && Date.now() - Date.parse(last.at) < canaryEveryMs)
  )
    return last;
  return lookAsCanary(host, config, { compute: true, seconds: 60 });
}
