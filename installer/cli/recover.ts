import { Command } from "commander";
import { lockMachine } from "../apply/lock.ts";
import { recover } from "../apply/recover.ts";
import { currentGeneration } from "../generations/generations.ts";
import { tellRecovery } from "./apply-situation.ts";
import { settleRelease } from "./settle-release.ts";
import type { Host } from "../host/host.ts";
import { readFacts } from "../resources/facts.ts";
import type { PythonEnvironmentState } from "../resources/python-environment.ts";
import { hostOf, narrate, requireRoot, whoAsks, type GlobalOptions } from "./context.ts";

/** `homeroom recover`: what homeroom-recover.service runs at boot, before the hub starts. */
export function recoverCommand(): Command {
  return new Command("recover")
    .description("Finish or undo a task that a crash interrupted.")
    .option("--boot", "before the services have started: leave them to systemd")
    .option("--own", "a task of this very release: another one has called it")
    .action(async function (this: Command) {
      const options = this.optsWithGlobals<GlobalOptions & { boot?: true; own?: true }>();
      requireRoot(options);
      const host = hostOf(options);
      if (!options.own && (await settleRelease(host, options.boot ? ["--boot"] : []))) return;
      await using _lock = await lockMachine(host, { command: "recover", who: whoAsks() });
      const events = {
        step: (step: { kind: string; id: string }, state: string) =>
          narrate(`${step.kind} ${step.id}: ${state}`),
        said: () => undefined,
        phase: () => undefined,
      };
      const inUse = (await currentGeneration(host))?.number ?? 0;
      const recovery = await recover(host, events, { booting: options.boot === true, inUse });
      tellRecovery(recovery);
      if (options.boot) await rebuildForAnotherPython(host);
    });
}

/** After an upgrade of the operating system: what was built for its former Python is built anew once there is a network. */
async function rebuildForAnotherPython(host: Host): Promise<void> {
  const [facts, generation] = await Promise.all([readFacts(host), currentGeneration(host)]);
  const made = generation?.resources.find(({ kind }) => kind === "python-environment")?.state as
    | PythonEnvironmentState
    | undefined;
  if (made === undefined || made.python === facts.python) return;
  narrate(
    `The operating system has Python ${facts.python} instead of ${made.python}: the environments are built anew.`,
  );
  // Not waited for: it waits for this.
  await host.run(["systemctl", "start", "--no-block", "homeroom-rebuild.service"]);
}
