import { Command } from "commander";
import { HomeroomError, exitCodes } from "../errors.ts";
import { listTasks, readTask } from "../apply/journal.ts";
import type { TaskSummary } from "../apply/task.ts";
import { kindOf } from "../resources/kinds.ts";
import { hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "./context.ts";

/** `homeroom tasks`: what was changed, when, by whom. */
export function tasksCommand(): Command {
  const command = new Command("tasks")
    .description("List what was changed, when, by whom.")
    .option("--json", "as data")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom tasks\n  sudo homeroom tasks show 20261122-093015-4711",
    )
    .action(async function (this: Command) {
      const options = this.optsWithGlobals<GlobalOptions & { json?: true }>();
      requireRoot(options);
      const records = await listTasks(hostOf(options));
      if (options.json) return printJson(records.map(flat));
      if (records.length === 0) return narrate("No tasks yet.");
      for (const record of records) print(lineOf(record));
    });
  command
    .command("show <task>")
    .description("Show every step of one task.")
    .option("--json", "as data")
    .action(async function (this: Command, id: string) {
      const options = this.optsWithGlobals<GlobalOptions & { json?: true }>();
      requireRoot(options);
      const record = /^[\w-]+$/.test(id) ? await readTask(hostOf(options), id) : undefined;
      if (record === undefined) {
        throw new HomeroomError(`There is no task ${id}.`, {
          remedy: "`homeroom tasks` lists them.",
          exitCode: exitCodes.usage,
        });
      }
      if (options.json) return printJson(record);
      const { task, ...outcome } = record;
      print(lineOf({ ...outcome, task: { ...task, steps: task.plan.steps.length } }));
      for (const change of task.changes) print(`  ${change}`);
      for (const step of task.plan.steps) {
        print(
          `  ${(record.steps[step.number] ?? "queued").padEnd(9)}  ${kindOf(step.kind).describe(step).words}`,
        );
      }
      if (record.error !== undefined) print(`  ${record.error.replaceAll("\n", "\n  ")}`);
    });
  return command;
}

function lineOf(summary: TaskSummary): string {
  const { id, command, who, started, generation, steps, state } = flat(summary);
  const result = generation === undefined ? "" : ` -> generation ${generation}`;
  return `${id}  ${started.slice(0, 16).replace("T", " ")}  ${state.padEnd(9)}  ${command} by ${who}, ${steps} steps${result}`;
}

function flat({ task, state, generation, ended, error }: TaskSummary) {
  const { id, command, who, started, changes, steps } = task;
  return { id, command, who, started, ended, state, changes, steps, generation, error };
}
