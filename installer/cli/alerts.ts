import { Command } from "commander";
import { HomeroomError } from "../errors.ts";
import { hostOf, narrate, requireRoot, type GlobalOptions } from "./context.ts";
import { readConfig } from "./read-config.ts";
import { tell } from "./watch/tell.ts";

/** `homeroom alerts test`: does a message arrive? */
export function alertsCommand(): Command {
  const command = new Command("alerts")
    .description("Messages when the hub gets into trouble.")
    .addHelpText("after", "\nExamples:\n  sudo homeroom alerts test");
  command
    .command("test")
    .description("Send a test message by every way that the config names.")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom config set alerts.webhook=https://chat.example.org/hooks/abc\n  sudo homeroom alerts test",
    )
    .action(async function (this: Command) {
      const options = this.optsWithGlobals<GlobalOptions>();
      requireRoot(options);
      const host = hostOf(options);
      const { alerts } = (await readConfig(host)).config;
      if (alerts.webhook === null && alerts.command === null) {
        throw new HomeroomError("Nobody is told: the config names neither a webhook nor a command.", {
          remedy: "Type: sudo homeroom config set alerts.webhook=https://…",
        });
      }
      const failed = await tell(host, alerts, { healthy: true, problems: [], isTest: true });
      if (failed.length > 0) {
        throw new HomeroomError("The test message did not arrive everywhere.", { remedy: failed.join("\n") });
      }
      narrate("The test message was sent. Look whether it arrived.");
    });
  return command;
}
