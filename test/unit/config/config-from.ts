import { loadConfig } from "../../../config/load.ts";
import { loadRoster } from "../../../config/roster/load-roster.ts";
import { withRoster } from "../../../config/roster/people.ts";
import type { Config } from "../../../config/config.ts";

/** A config that is valid, with the people of a roster; a test with another one fails. */
export function configFrom(text: string, roster = ""): Config {
  const { config, problems } = loadConfig(text);
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  return withRoster(config, loadRoster(roster).entries ?? []);
}
