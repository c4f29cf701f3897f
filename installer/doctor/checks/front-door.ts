import { checkHealth } from "../../health/health.ts";
import { error, type Check } from "../check.ts";

const patienceMs = 2_000;

/** Hub and login page answer at the address that people type, through the proxy. */
export const frontDoor: Check = {
  id: "front-door",
  title: "The hub, asked at the front door",
  area: "front door",
  async examine({ host, config }) {
    if (config === undefined) return [];
    const problems = await checkHealth(host, config, { patienceMs });
    return problems.map(({ message, remedy, unit }) => error(message, remedy, unit));
  },
  fix: {
    async repair(host, { about = "" }) {
      await host.run(["systemctl", "restart", "--", about]);
    },
  },
};
