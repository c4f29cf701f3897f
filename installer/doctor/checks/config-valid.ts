import { error, type Check } from "../check.ts";

/** The config file can be read and has no mistakes. */
export const configValid: Check = {
  id: "config-valid",
  title: "The config file",
  area: "files",
  async examine({ configProblem }) {
    if (configProblem === undefined) return [];
    return [
      error(configProblem, "The hub goes on with the last good config. Type: sudo homeroom config edit"),
    ];
  },
};
