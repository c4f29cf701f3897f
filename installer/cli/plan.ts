import { Command } from "commander";
import { exitCodes } from "../errors.ts";
import { hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "./context.ts";
import { readAudience } from "./audience.ts";
import { describeDrift, describePlan, whoNotices } from "./describe-plan.ts";
import { folderFor } from "./env/folder.ts";
import { readConfig } from "./read-config.ts";
import { readSituation } from "./situation.ts";

/** `homeroom plan`: what `apply` would change; exit code 2 where there is something. */
export function planCommand(): Command {
  return new Command("plan")
    .description("Show what `homeroom apply` would change. Changes nothing.")
    .option("--json", "the plan as data")
    .option("--take", "plan to write anew what was changed by hand")
    .addHelpText("after", "\nExamples:\n  sudo homeroom plan\n  sudo homeroom plan --json | jq '.steps[].id'")
    .action(async function (this: Command) {
      const options = this.optsWithGlobals<GlobalOptions & { json?: true; take?: true }>();
      requireRoot(options);
      const host = hostOf(options);
      const folder = await folderFor(host, (await readConfig(host)).config);
      const situation = await readSituation(host, { drift: options.take ? "take" : "keep", folder });
      const { plan } = situation;
      if (options.json || plan.steps.length > 0) {
        const audience = await readAudience(host, situation);
        if (!options.json) print(describePlan(plan, audience));
        else printJson({ ...plan, changes: audience.changes, notices: whoNotices(plan, audience) });
      } else {
        narrate("Nothing to do: the machine is what the config says.");
      }
      if (plan.drift.length > 0 && !options.json) narrate(describeDrift(plan.drift));
      if (plan.steps.length > 0 || plan.drift.length > 0) process.exitCode = exitCodes.pending;
    });
}
