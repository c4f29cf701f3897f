import { formatSize } from "../../../config/size.ts";
import type { Explained } from "../../../config/limits.ts";
import { hubName } from "../../../config/roster/roster.ts";
import { instanceOf } from "../../desired/account-name.ts";
import type { Host } from "../../host/host.ts";
import { readAccounts } from "../../resources/accounts-file.ts";
import { memoryKills } from "../../resources/user-slice.ts";
import { escapeUnitPart } from "../../systemd/unit-escape.ts";
import { alignColumns } from "../align-columns.ts";
import { hostOf, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { readConfig } from "../read-config.ts";
import { refuseUnknown } from "./known-people.ts";
import { memoryInWords } from "./list.ts";
import { observe, type ObservedPerson } from "./observed.ts";
import { peopleOf } from "./people-of.ts";
import { personToJson } from "./person-to-json.ts";

/** `homeroom users show NAME`: everything that is known of one person, and which key of the config gives each limit. */
export async function showUser(name: string, options: GlobalOptions & { json?: true }): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const username = hubName(name);
  const read = await readConfig(host);
  refuseUnknown([username], read.config);
  const [person] = await observe(
    host,
    read,
    peopleOf(read).filter((each) => each.username === username),
  );
  if (person === undefined) return;
  const uid = await uidOf(host, person.account);
  const slice = `homeroom-users-${escapeUnitPart(instanceOf(person.account))}.slice`;
  const kills = await memoryKills(host, slice);
  const { limits } = person;
  if (options.json) {
    printJson({ ...personToJson(person), uid: uid ?? null, limits, memoryKills: kills ?? null });
  } else print(alignColumns(inWords(person, uid, kills)));
}

async function uidOf(host: Host, account: string): Promise<number | undefined> {
  return (await readAccounts(host)).users.get(account)?.uid;
}

function inWords(person: ObservedPerson, uid: number | undefined, kills: number | undefined): string[][] {
  const { username, name, email, id, role, groups, banned, account, server, limits } = person;
  const cores = (value: number) => `${value} ${value === 1 ? "core" : "cores"}`;
  const known: [string, string][] = [
    ["user name", username],
    ["name", name],
    ["e-mail", email],
    ["id", id],
    ["role", banned ? "banned" : role],
    ["groups", groups.join(" ")],
    ["account", uid === undefined ? `${account} (made with the first server)` : `${account} (${uid})`],
    ["password", person.ownPassword ? "chosen by the person" : "not chosen yet"],
    ["last here", person.lastActivity?.slice(0, 16).replace("T", " ") ?? "never"],
    ["server", [server, memoryInWords(person)].filter(Boolean).join(", ")],
    ["memory", explained(limits.memory, formatSize)],
    ["out of memory", kills ? `${kills} ${kills === 1 ? "program was" : "programs were"} ended for it` : ""],
    ["cpu", explained(limits.cpu, cores)],
    ["tasks", explained(limits.tasks, String)],
  ];
  return known.filter(([, value]) => value !== "").map(([key, value]) => [`${key}:`, value]);
}

function explained({ value, key, computed }: Explained<number>, format: (value: number) => string): string {
  const amount = value === null ? "no limit" : format(value);
  return `${amount} (${key}${computed ? ", computed from the machine" : ""})`;
}
