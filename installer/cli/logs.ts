import { Command, Argument } from "commander";
import { runProcess } from "../host/run-process.ts";
import { accountName, instanceOf } from "../desired/account-name.ts";
import { escapeUnitPart } from "../systemd/unit-escape.ts";
import { print, requireRoot, type GlobalOptions } from "./context.ts";

interface LogsFlags {
  since?: string;
  lines: string;
  follow?: true;
  grep?: string;
}

const unitsOf: Record<string, string[]> = {
  hub: ["homeroom-hub.service"],
  proxy: ["homeroom-proxy@a.service", "homeroom-proxy@b.service"],
  apply: ["homeroom-recover.service"],
  all: ["homeroom*"],
};
const dayMs = 24 * 60 * 60_000;

/** `homeroom logs`: what the services said, from the journal. */
export function logsCommand(): Command {
  return new Command("logs")
    .description("Show what the services said.")
    .addArgument(
      new Argument("[what]", "whose log").choices(["hub", "proxy", "user", "apply", "all"]).default("all"),
    )
    .argument("[user]", "with `user`: whose server")
    .option("--since <time>", 'as journalctl reads it: "1 hour ago", "today"')
    .option("--lines <number>", "how many of the last lines", "100")
    .option("--follow", "go on as more is said")
    .option("--grep <pattern>", "only lines that match")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom logs hub\n  sudo homeroom logs user alice --since today",
    )
    .action(async function (this: Command, what: string, name: string | undefined) {
      const options = this.optsWithGlobals<GlobalOptions & LogsFlags>();
      requireRoot(options);
      if (what === "user" && name === undefined)
        this.error("error: whose server? As in: homeroom logs user alice");
      const units =
        what === "user"
          ? [`homeroom-user@${escapeUnitPart(instanceOf(accountName(name ?? "")))}.service`]
          : (unitsOf[what] ?? []);
      const argv = [
        "journalctl",
        "--no-pager",
        "--quiet",
        "--output=short-iso",
        ...units.map((unit) => `--unit=${unit}`),
        ...(options.since === undefined ? [`--lines=${options.lines}`] : [`--since=${options.since}`]),
        ...(options.grep === undefined ? [] : [`--grep=${options.grep}`]),
        ...(options.follow ? ["--follow"] : []),
      ];
      await runProcess(argv, {
        okCodes: [0, 1],
        timeoutMs: options.follow ? dayMs : 60_000,
        onLine: (line) => print(masked(line)),
      });
    });
}

/** Tokens in addresses and headers, as JupyterHub and its servers may print them. */
function masked(line: string): string {
  return line.replaceAll(/((?:token|code|password|secret|_xsrf)[=:]\s*)[^\s&,"']+/gi, "$1********");
}
