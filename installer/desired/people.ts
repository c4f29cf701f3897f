import type { Config } from "../../config/config.ts";
import type { KnownAccounts } from "../resources/known-accounts.ts";
import { refOf, type ResourceRef } from "../resources/resource.ts";
import { escapeUnitPart } from "../systemd/unit-escape.ts";
import { accountName, instanceOf, isPlain, plainNameOf } from "./account-name.ts";
import { canaryAccount } from "./canary.ts";
import { adminsGroup } from "../resources/admins-group.ts";
import { textOf, type Release } from "./release.ts";
import type { StateBuilder } from "./state-builder.ts";

export interface People {
  /** Drop-ins of single people's units, by path below /etc/systemd/system. */
  dropIns: Map<string, string>;
  /** What a drop-in needs, by its path. */
  dropInNeeds: Map<string, ResourceRef[]>;
  refs: ResourceRef[];
}

export interface PeopleInputs {
  config: Config;
  release: Release;
  known: KnownAccounts;
}

/**
 * Accounts, groups and rights of people. Only admins' accounts are made here: everybody else's is made with the first
 * server (homeroom-account@.service), so a class of 5,000 costs what a class of 10 does. Whoever is on no list any
 * more, or banned, has an account that is closed.
 */
export function addPeople(state: StateBuilder, { config, release, known }: PeopleInputs): People {
  const { users } = config;
  const banned = new Set(users.banned);
  const admins = users.admin.filter((name) => !banned.has(name));
  const listed = new Set([...admins, ...users.allowed.filter((name) => !banned.has(name))]);
  const accounts = new ListedAccounts(listed);
  const closed = closedAccounts(accounts, users, known);
  const made = new Set(admins.map(accountName));
  // Gone by another hand; whatever needs it would fail.
  for (const account of known.open) {
    if (accounts.has(account) && !known.made.has(account)) made.add(account);
  }
  const there = (account: string) => made.has(account) || (known.made.has(account) && !closed.has(account));

  const refs = [...made].map((account) => addAccount(state, account, accounts.nameOf(account) ?? "", config));
  for (const [account, why] of closed) refs.push(state.add("closed-account", account, { why }));
  for (const name of admins) refs.push(addMember(state, adminsGroup, accountName(name), made));
  for (const [group, members] of Object.entries(users.extraUserGroups)) {
    state.add("group", group, { exists: true });
    for (const account of members.filter((name) => !banned.has(name)).map(accountName)) {
      if (there(account)) refs.push(addMember(state, group, account, made));
    }
  }
  return { refs, ...adminDropIns(admins, release) };
}

/**
 * Whose account is whose, of everybody on the lists. There may be thousands, and few accounts on the machine: what an
 * account's name tells is not worked out for each of them.
 */
class ListedAccounts {
  readonly #listed: ReadonlySet<string>;
  /** Names that cannot be read out of their accounts. */
  readonly #others: ReadonlyMap<string, string>;

  constructor(listed: ReadonlySet<string>) {
    this.#listed = listed;
    const others = [...listed].filter((name) => !isPlain(name));
    this.#others = new Map(others.map((name) => [accountName(name), name]));
  }

  has(account: string): boolean {
    return this.nameOf(account) !== undefined;
  }

  nameOf(account: string): string | undefined {
    const name = plainNameOf(account);
    return name === undefined ? this.#others.get(account) : this.#listed.has(name) ? name : undefined;
  }
}

function closedAccounts(
  listed: ListedAccounts,
  users: Config["users"],
  known: KnownAccounts,
): Map<string, "banned" | "removed"> {
  const closed = new Map<string, "banned" | "removed">();
  for (const account of users.banned.map(accountName)) {
    if (known.made.has(account)) closed.set(account, "banned");
  }
  if (users.open) return closed;
  for (const account of [...known.open, ...known.tombstones]) {
    if (account === canaryAccount) continue;
    if (!listed.has(account) && !closed.has(account) && known.made.has(account))
      closed.set(account, "removed");
  }
  return closed;
}

function addAccount(
  state: StateBuilder,
  account: string,
  name: string,
  { classroom: { skel } }: Config,
): ResourceRef {
  const more = skel === null ? {} : { skel: [skel] };
  return state.add("account", account, { name, home: `/home/${account}`, shell: "/bin/bash", ...more });
}

function addMember(
  state: StateBuilder,
  group: string,
  account: string,
  made: ReadonlySet<string>,
): ResourceRef {
  const kind = group === adminsGroup ? "system-group" : "group";
  const needs = [refOf(kind, group), ...(made.has(account) ? [refOf("account", account)] : [])];
  return state.add("membership", `${group}:${account}`, { member: true }, needs);
}

/** They need the membership so that they go before it: what is started after that has neither. */
function adminDropIns(admins: readonly string[], release: Release): Pick<People, "dropIns" | "dropInNeeds"> {
  const text = textOf(release, "templates/units/homeroom-user-admin.conf");
  const dropIns = new Map<string, string>();
  const dropInNeeds = new Map<string, ResourceRef[]>();
  for (const account of admins.map(accountName)) {
    const path = `homeroom-user@${escapeUnitPart(instanceOf(account))}.service.d/60-homeroom-admin.conf`;
    dropIns.set(path, text);
    dropInNeeds.set(path, [refOf("membership", `${adminsGroup}:${account}`)]);
  }
  return { dropIns, dropInNeeds };
}
