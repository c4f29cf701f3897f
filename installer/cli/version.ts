import { Command } from "commander";
import { currentGeneration } from "../generations/generations.ts";
import { createHost } from "../host/local-host.ts";
import { readFacts } from "../resources/facts.ts";
import { print, printJson } from "./context.ts";
import { readVersion } from "./read-release.ts";

/** `homeroom version`: of this program, and with --json of everything that a report needs. */
export function versionCommand(): Command {
  return new Command("version")
    .description("Show which Homeroom this is.")
    .option("--json", "with the machine it runs on")
    .addHelpText("after", "\nExamples:\n  homeroom version\n  sudo homeroom version --json")
    .action(async ({ json }: { json?: true }) => {
      const version = await readVersion();
      if (!json) return print(`homeroom ${version}`);
      const host = createHost();
      const facts = await readFacts(host).catch(() => undefined);
      const generation = process.getuid?.() === 0 ? (await currentGeneration(host))?.number : undefined;
      printJson({
        version,
        node: process.version,
        os: facts?.os.name,
        python: facts?.python,
        systemd: facts?.systemd,
        generation,
      });
    });
}
