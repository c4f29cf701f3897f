import { dirname, join } from "node:path";
import { Argument, Command } from "commander";
import { createHost } from "../host/local-host.ts";
import { print } from "./context.ts";

const scripts: Readonly<Record<string, string>> = {
  bash: "homeroom.bash",
  zsh: "_homeroom",
  fish: "homeroom.fish",
};

/** `homeroom completion SHELL`: the script that makes Tab complete this command in a shell. */
export function completionCommand(): Command {
  return new Command("completion")
    .description("Print what makes your shell complete homeroom's commands with Tab.")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(scripts)))
    .addHelpText(
      "after",
      "\nThe install puts it where bash, zsh and fish look.\n\nExamples, for a shell that does not look there:\n  source <(homeroom completion bash)\n  source <(homeroom completion zsh)\n  homeroom completion fish | source",
    )
    .action(async (shell: string) => {
      print(await readScript(scripts[shell] ?? ""));
    });
}

/** From templates/, beside the program in a release and two steps up in a checkout. */
async function readScript(name: string): Promise<string> {
  const files = createHost();
  for (const folder of [dirname(import.meta.dirname), dirname(dirname(import.meta.dirname))]) {
    const text = await files.read(join(folder, "templates/completion", name));
    if (text !== undefined) return text.toString("utf8");
  }
  throw new TypeError(`the release has no templates/completion/${name}`);
}
