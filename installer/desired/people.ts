import type { Config } from "../../config/config.ts";
import { refOf, type ResourceRef } from "../resources/resource.ts";
import { escapeUnitPart } from "../systemd/unit-escape.ts";
import { accountName, instanceOf } from "./account-name.ts";
import { adminsGroup } from "./foundation.ts";
import { textOf, type Release } from "./release.ts";
import type { StateBuilder } from "./state-builder.ts";

export interface People {
  /** Drop-ins of single people's units, by path below /etc/systemd/system. */
  dropIns: Map<string, string>;
  refs: ResourceRef[];
}

/** Accounts, groups and rights of the people whom the config names; all others' come at their first login. */
export function addPeople(state: StateBuilder, { users }: Config, release: Release): People {
  const banned = new Set(users.banned);
  const admins = users.admin.filter((name) => !banned.has(name));
  const named = new Set([...admins, ...users.allowed.filter((name) => !banned.has(name))]);
  const groups = Object.entries(users.extraUserGroups);
  for (const [, members] of groups) for (const name of members) if (!banned.has(name)) named.add(name);

  const refs = [...named].map((name) => addAccount(state, name));
  for (const name of admins) refs.push(addMember(state, adminsGroup, name));
  for (const [groupName, members] of groups) {
    state.add("group", groupName, { exists: true });
    for (const name of members) if (!banned.has(name)) refs.push(addMember(state, groupName, name));
  }
  const adminUnit = textOf(release, "templates/units/homeroom-user-admin.conf");
  const dropIns = new Map(
    admins.map((name) => {
      const instance = escapeUnitPart(instanceOf(accountName(name)));
      return [`homeroom-user@${instance}.service.d/60-homeroom-admin.conf`, adminUnit];
    }),
  );
  return { dropIns, refs };
}

function addAccount(state: StateBuilder, hubName: string): ResourceRef {
  const name = accountName(hubName);
  return state.add("account", name, { home: `/home/${name}`, shell: "/bin/bash" });
}

function addMember(state: StateBuilder, group: string, hubName: string): ResourceRef {
  const name = accountName(hubName);
  const kind = group === adminsGroup ? "system-group" : "group";
  return state.add("membership", `${group}:${name}`, { member: true }, [
    refOf(kind, group),
    refOf("account", name),
  ]);
}
