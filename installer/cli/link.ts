import { Command } from "commander";
import { exitCodes } from "../errors.ts";
import { hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "./context.ts";
import { findBranch, gitPullLink, refuseUnusable } from "./git-pull-link.ts";
import { readConfig } from "./read-config.ts";
import { publicAddress } from "./status.ts";

interface LinkOptions {
  branch?: string;
  open?: string;
  json?: true;
}

/** `homeroom link GITURL`: a link that brings a repository into the home of whoever opens it. */
export function linkCommand(): Command {
  return new Command("link")
    .description("Make a link that brings a git repository into the home of whoever opens it.")
    .argument("<address>", "the repository, as https://github.com/SCHOOL/COURSE")
    .option("--branch <name>", "another branch than the repository's own choice")
    .option("--open <path>", "a file or folder of the repository that opens then")
    .option("--json", "as data")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom link https://github.com/school/course\n  sudo homeroom link https://github.com/school/course --open week1/start.ipynb",
    )
    .action(async function (this: Command, repository: string) {
      const options = this.optsWithGlobals<GlobalOptions & LinkOptions>();
      requireRoot(options);
      refuseUnusable(repository);
      const host = hostOf(options);
      const { config } = await readConfig(host);
      const found = await findBranch(host, repository, options.branch);
      const branch = options.branch ?? found.branch;
      const link = gitPullLink(publicAddress(config), { repository, branch, open: options.open });
      if (options.json)
        printJson({
          link,
          repository,
          branch: branch ?? null,
          reachable: found.problem === undefined,
          problem: found.problem ?? null,
        });
      else print(link);
      if (found.problem === undefined) return;
      narrate(`${found.problem}\nStudents who open the link will see the same.`);
      process.exitCode = exitCodes.pending;
    });
}
