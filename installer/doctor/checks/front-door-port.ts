import { showUnits } from "../../resources/systemctl.ts";
import { isRunning } from "../../resources/service.ts";
import { error, type Check } from "../check.ts";

/** The port is not held by another program while our socket is closed. */
export const frontDoorPort: Check = {
  id: "front-door-port",
  title: "The port of the front door",
  area: "front door",
  async examine({ host, config }) {
    if (config === undefined) return [];
    const unit = "homeroom-proxy.socket";
    if (isRunning((await showUnits(host, [unit], ["ActiveState"])).get(unit) ?? {})) return [];
    const { port } = config.http;
    const { stdout } = await host.query(["ss", "-Hltnp", `sport = :${port}`], { okCodes: [0, 1] });
    const holder = /users:\(\("([^"]+)",pid=(\d+)/.exec(stdout);
    if (holder === null) return [];
    return [
      error(
        `Port ${port} is held by ${holder[1]} (process ${holder[2]}), so the hub cannot be reached.`,
        `Stop that program (\`systemctl status ${holder[2]}\` names its service), or choose another port: sudo homeroom config set http.port=8000`,
      ),
    ];
  },
};
