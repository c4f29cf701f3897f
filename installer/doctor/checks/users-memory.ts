import { showUnits } from "../../resources/systemctl.ts";
import { error, type Check } from "../check.ts";

const slice = "homeroom-users.slice";

/** All servers together leave the system its reserve, also after a change by `systemctl set-property`. */
export const usersMemory: Check = {
  id: "users-memory",
  title: "The memory limit of the whole class",
  area: "machine",
  async examine({ host, generation }) {
    if (generation === undefined) return [];
    const limit = (await showUnits(host, [slice], ["MemoryMax"])).get(slice)?.["MemoryMax"];
    if (limit !== "infinity") return [];
    return [
      error(
        "The class may take all of the machine's memory: the limit of all servers together is gone.",
        `Type: sudo systemctl revert ${slice}; sudo homeroom apply`,
      ),
    ];
  },
  fix: {
    async repair(host) {
      await host.run([
        "rm",
        "--recursive",
        "--force",
        `/etc/systemd/system.control/${slice}.d`,
        `/run/systemd/system.control/${slice}.d`,
      ]);
      await host.run(["systemctl", "daemon-reload"]);
    },
    apply: true,
  },
};
