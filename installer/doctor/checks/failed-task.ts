import { warning, type Check } from "../check.ts";

/** The last change of the machine ended well. */
export const failedTask: Check = {
  id: "failed-task",
  title: "The last change of the machine",
  area: "files",
  async examine({ tasks }) {
    const last = tasks.at(-1);
    if (last === undefined || last.state === "running" || last.state === "completed") return [];
    const [reason = ""] = (last.error ?? "").split("\n");
    const ended =
      last.state === "error"
        ? "failed, and not everything could be taken back"
        : `was ${last.state === "cancelled" ? "cancelled" : "taken back"}`;
    return [
      warning(
        `\`homeroom ${last.task.command}\` ${ended}: ${reason}`,
        `\`homeroom tasks show ${last.task.id}\` has the details.`,
      ),
    ];
  },
};
