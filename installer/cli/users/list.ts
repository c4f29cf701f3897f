import { formatSize } from "../../../config/size.ts";
import { alignColumns } from "../align-columns.ts";
import { hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { readConfig } from "../read-config.ts";
import { observe, type ObservedPerson } from "./observed.ts";
import { peopleOf } from "./people-of.ts";
import { personToJson } from "./person-to-json.ts";
import { readTombstones } from "./tombstones.ts";

/** `homeroom users list`: everybody whom config and roster name; with --removed those whose homes are kept. */
export async function listUsers(options: GlobalOptions & { json?: true; removed?: true }): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const read = await readConfig(host);
  if (options.removed)
    return showTombstones(await readTombstones(host, read.config.users.keepHomes), options);
  const people = await observe(host, read, peopleOf(read));
  if (options.json) return printJson(people.map(personToJson));
  print(
    alignColumns([["USER", "NAME", "ROLE", "GROUPS", "SERVER", "MEMORY", "LAST HERE"], ...people.map(rowOf)]),
  );
}

function rowOf(person: ObservedPerson): string[] {
  return [
    person.username,
    person.name,
    person.banned ? "banned" : person.role,
    person.groups.join(" "),
    person.server === "stopped" ? "" : person.server,
    memoryInWords(person),
    person.lastActivity?.slice(0, 16).replace("T", " ") ?? "never",
  ];
}

/** "312M of 1G" of a server that runs; nothing of others. */
export function memoryInWords({ memory, limits }: Pick<ObservedPerson, "memory" | "limits">): string {
  if (memory === undefined) return "";
  const limit = limits.memory.value;
  return limit === null ? formatSize(memory) : `${formatSize(memory)} of ${formatSize(limit)}`;
}

function showTombstones(
  tombstones: Awaited<ReturnType<typeof readTombstones>>,
  { json }: { json?: true },
): void {
  if (json) return printJson(tombstones);
  if (tombstones.length === 0) return narrate("No homes of removed people are kept.");
  print(
    alignColumns([
      ["USER", "HOME", "REMOVED", "KEPT UNTIL"],
      ...tombstones.map(({ username, home, removed, keptUntil }) => [
        username,
        home,
        removed.slice(0, 10),
        keptUntil.slice(0, 10),
      ]),
    ]),
  );
}
