import { canaryProblem, canLook } from "../../health/canary.ts";
import { checkHealth } from "../../health/health.ts";
import { error, type Check } from "../check.ts";

const patienceMs = 2_000;

/** Somebody can log in at the front door, start a server and compute in it. */
export const canary: Check = {
  id: "canary",
  title: "Logging in and computing, tried",
  area: "front door",
  async examine({ host, config, lookAsCanary }) {
    // Where nobody answers at all, the check of the front door says so.
    if (
      config === undefined ||
      !canLook(config) ||
      (await checkHealth(host, config, { patienceMs })).length > 0
    )
      return [];
    const look = await lookAsCanary();
    const problem = look && canaryProblem(look);
    return problem === undefined ? [] : [error(problem.message, problem.remedy, problem.unit)];
  },
};
