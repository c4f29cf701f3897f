import { limitsOf, type PersonLimits } from "../../../config/limits.ts";
import type { RosterEntry } from "../../../config/roster/roster.ts";
import { accountName, instanceOf } from "../../desired/account-name.ts";
import type { Host } from "../../host/host.ts";
import { readMemory } from "../../resources/facts.ts";
import { readHubReport } from "../../resources/hub-report.ts";
import { showUnits, type UnitProperties } from "../../resources/systemctl.ts";
import { escapeUnitPart } from "../../systemd/unit-escape.ts";
import { narrate } from "../context.ts";
import type { ReadConfig } from "../read-config.ts";

export type ServerState = "running" | "starting" | "stopping" | "failed" | "stopped";

/** A person with what the machine shows. */
export interface ObservedPerson extends RosterEntry {
  account: string;
  server: ServerState;
  /** Bytes in use by the server; undefined where none runs, or the machine does not count. */
  memory: number | undefined;
  limits: PersonLimits;
  /** ISO 8601, UTC; as the hub tells it. */
  lastActivity: string | undefined;
  /** Has chosen a password of their own; as the hub tells it. */
  ownPassword: boolean;
}

/** What the machine and the hub know of people: one process asks systemd for all, one asks the hub's database. */
export async function observe(
  host: Host,
  { config }: ReadConfig,
  people: readonly RosterEntry[],
): Promise<ObservedPerson[]> {
  const [machineMemory, hub, units] = await Promise.all([
    readMemory(host),
    readHubReport(host),
    showUnits(host, ["homeroom-user@*.service"], ["ActiveState", "MemoryCurrent"]),
  ]);
  if (hub.problem !== undefined) narrate(`What the hub knows of people could not be read: ${hub.problem}`);
  return people.map((person) => {
    const account = accountName(person.username);
    const unit = units.get(`homeroom-user@${escapeUnitPart(instanceOf(account))}.service`);
    const record = hub.people.get(person.username);
    return {
      ...person,
      account,
      server: stateOf(unit),
      memory: memoryOf(unit),
      limits: limitsOf(config, machineMemory, { name: person.username, groups: person.groups }),
      lastActivity: record?.lastActivity,
      ownPassword: record?.hasPassword ?? false,
    };
  });
}

function stateOf(unit: UnitProperties | undefined): ServerState {
  const states: Record<string, ServerState> = {
    active: "running",
    activating: "starting",
    deactivating: "stopping",
    failed: "failed",
  };
  return states[unit?.["ActiveState"] ?? ""] ?? "stopped";
}

/** "[not set]" where cgroups do not count memory. */
function memoryOf(unit: UnitProperties | undefined): number | undefined {
  const bytes = unit?.["MemoryCurrent"] ?? "";
  return /^\d{1,15}$/.test(bytes) && stateOf(unit) !== "stopped" ? Number(bytes) : undefined;
}
