import { error, type Check } from "../check.ts";

/** No task was cut short by a crash. */
export const interruptedTask: Check = {
  id: "interrupted-task",
  title: "Tasks that were interrupted",
  area: "files",
  async examine({ tasks }) {
    const last = tasks.at(-1);
    if (last?.state !== "running") return [];
    return [
      error(
        `\`homeroom ${last.task.command}\` of ${last.task.who} was interrupted, or is still at work.`,
        "Type: sudo homeroom apply",
      ),
    ];
  },
  fix: { apply: true },
};
