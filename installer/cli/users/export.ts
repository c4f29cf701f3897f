import { cellsOf, editRoster } from "../../../config/roster/edit-roster.ts";
import { hostOf, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { readConfig } from "../read-config.ts";
import { peopleOf } from "./people-of.ts";

/** `homeroom users export`: everybody of both files as one roster, which `import` and roster.csv take. */
export async function exportUsers(options: GlobalOptions & { json?: true }): Promise<void> {
  requireRoot(options);
  const people = peopleOf(await readConfig(hostOf(options)));
  if (options.json) return printJson(people);
  print(editRoster(undefined, { add: people.map(cellsOf) }));
}
