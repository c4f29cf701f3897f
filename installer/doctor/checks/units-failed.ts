import { showUnits } from "../../resources/systemctl.ts";
import { warning, type Check } from "../check.ts";

/** What systemd's Result says of a service that ended badly (systemd.exec(5), "$SERVICE_RESULT"). */
const words: Readonly<Record<string, string>> = {
  "exit-code": "its program ended with an error",
  signal: "its program was killed",
  "core-dump": "its program crashed",
  timeout: "it took too long to start or stop",
  watchdog: "it stopped answering",
  "oom-kill": "it ran out of memory",
  resources: "the machine had no room for it",
};

/** No unit of ours stands in the state "failed"; students' servers included. */
export const unitsFailed: Check = {
  id: "units-failed",
  title: "Units that failed",
  area: "services",
  async examine({ host }) {
    const shown = await showUnits(host, ["homeroom-*"], ["ActiveState", "Result"]);
    return [...shown]
      .filter(([, unit]) => unit["ActiveState"] === "failed")
      .map(([id, { Result: result = "" }]) =>
        warning(
          `${id} failed: ${words[result] ?? result}.`,
          `\`journalctl -u '${id}'\` says more; \`sudo systemctl reset-failed '${id}'\` forgets it.`,
          id,
        ),
      );
  },
  fix: {
    async repair(host, { about = "" }) {
      await host.run(["systemctl", "reset-failed", "--", about]);
    },
  },
};
