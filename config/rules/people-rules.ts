import { nodeAt } from "../document.ts";
import { groupShape, isPowerfulGroup, isReservedGroup } from "../roster/group-names.ts";
import { hubName } from "../roster/roster.ts";
import { unusableName } from "../roster/unusable-name.ts";
import { finding } from "./rule.ts";
import type { Finding, Severity } from "../problem.ts";
import type { RuleContext } from "./rule.ts";

/** A ban wins over `users.allowed`, as in TLJH. */
export function bannedIsNotAllowed(context: RuleContext): Finding[] {
  return bannedIn(context, "allowed", "warning", "The ban wins");
}

/** A banned admin is a contradiction. */
export function bannedIsNotAdmin(context: RuleContext): Finding[] {
  return bannedIn(context, "admin", "error", "Nobody can be both");
}

function bannedIn(
  context: RuleContext,
  list: "allowed" | "admin",
  severity: Severity,
  words: string,
): Finding[] {
  if (context.config.users.banned.length === 0) return [];
  const others = new Set(context.config.users[list].map(hubName));
  return context.config.users.banned
    .map((name, index) => ({ name, path: ["users", "banned", String(index)] }))
    .filter(({ name }) => others.has(hubName(name)))
    .map(({ name, path }) => {
      const message = `\`${name}\` is in \`users.banned\` and in \`users.${list}\`. ${words}.`;
      return finding(
        context,
        severity,
        `banned-and-${list}`,
        path,
        message,
        "Delete the name from one of the lists.",
      );
    });
}

/** Only our own authenticator keeps passwords that others can set. */
export function firstPasswordsAreOurs(context: RuleContext): Finding[] {
  const { class: authenticator, firstPassword } = context.config.auth;
  if (firstPassword === "own" || authenticator === "firstuse") return [];
  const path = ["auth", "first_password"];
  const message = `\`${context.config.auth.type}\` does not ask Homeroom for passwords: nothing would read this.`;
  const hint = "Delete it, or delete `auth.type` for logins with passwords of this hub's own.";
  return [finding(context, "error", "first-password-elsewhere", path, message, hint)];
}

/** JupyterHub's authenticator for trying things out asks for no password, or for one that everybody has. */
export function dummyIsMeant(context: RuleContext): Finding[] {
  const { class: authenticator, allowDummy } = context.config.auth;
  if (authenticator !== "jupyterhub.auth.DummyAuthenticator" || allowDummy) return [];
  const message =
    "With `dummy` whoever reaches this hub can log in as anybody, also as an admin, who may do everything on the machine.";
  const hint =
    "Delete `auth.type`, or write `type: shared-password`; on a machine that nobody else reaches, add `allow_dummy: true`.";
  return [finding(context, "error", "dummy-lets-everybody-in", ["auth", "type"], message, hint)];
}

const lists = ["admin", "allowed", "banned"] as const;

/** JupyterHub refuses some names, and an account could not be made for them. */
export function namesAreUsable(context: RuleContext): Finding[] {
  const named = lists.flatMap((list) =>
    (context.written.users?.[list] ?? []).map((name, index) => ({
      name,
      path: ["users", list, String(index)],
    })),
  );
  return named.flatMap(({ name, path }) => {
    const reason = unusableName(name);
    if (reason === undefined) return [];
    return [
      finding(
        context,
        "error",
        "user-name",
        path,
        `\`${name}\` cannot be a user name: ${reason}.`,
        "Correct the name.",
      ),
    ];
  });
}

/** Names that differ in capitals only are one person and one account. */
export function namesDiffer(context: RuleContext): Finding[] {
  return lists.flatMap((list) => {
    const seen = new Map<string, string>();
    return (context.written.users?.[list] ?? []).flatMap((name, index) => {
      const first = seen.get(hubName(name));
      seen.set(hubName(name), first ?? name);
      if (first === undefined) return [];
      const twin =
        first === name ? "is in the list twice" : `and \`${first}\` are one person: capitals do not count`;
      const path = ["users", list, String(index)];
      return [
        finding(
          context,
          "warning",
          "same-name",
          path,
          `\`${name}\` ${twin}.`,
          "Delete one of the two lines.",
        ),
      ];
    });
  });
}

/** Each person has an account of their own: names that are long or odd, which get a hash, may lead to the same one. */
export function accountsDiffer(context: RuleContext): Finding[] {
  const { accountOf, written } = context;
  if (accountOf === undefined) return [];
  const owners = new Map<string, string>();
  return (["admin", "allowed"] as const).flatMap((list) =>
    (written.users?.[list] ?? []).flatMap((name, index) => {
      const account = accountOf(hubName(name));
      const owner = owners.get(account) ?? hubName(name);
      owners.set(account, owner);
      if (owner === hubName(name)) return [];
      const path = ["users", list, String(index)];
      const message = `\`${owner}\` and \`${name}\` would share the account \`${account}\`.`;
      return [
        finding(
          context,
          "error",
          "same-account",
          path,
          message,
          "Give one of them a shorter or plainer name.",
        ),
      ];
    }),
  );
}

/** Groups have names that Unix takes, and are not those that hold rights over the machine. */
export function groupsAreUsable(context: RuleContext): Finding[] {
  return Object.keys(context.config.users.extraUserGroups).flatMap((group) => {
    const path = ["users", "extra_user_groups", group];
    const hint = "Choose another name for the group; for sudo write the people under `users.admin`.";
    if (isReservedGroup(group)) {
      const message = `The group \`${group}\` belongs to the system: its members could take over the machine or the hub.`;
      return [finding(context, "error", "reserved-group", path, message, hint)];
    }
    if (isPowerfulGroup(group)) {
      const message = `Members of \`${group}\` can read or change what is not theirs.`;
      return [
        finding(
          context,
          "warning",
          "powerful-group",
          path,
          message,
          "Make sure that you trust everybody in it.",
        ),
      ];
    }
    if (groupShape.test(group)) return [];
    const message = `\`${group}\` cannot be the name of a Unix group.`;
    return [
      finding(
        context,
        "error",
        "group-name",
        path,
        message,
        "Use at most 32 letters, digits, - and _, and begin with a letter.",
      ),
    ];
  });
}

/** In TLJH, lists of people in the chosen authenticator's block win over `users`, and those of `Authenticator` lose. */
export function listsInBlocksWin(context: RuleContext): Finding[] {
  const auth = nodeAt(context.root, ["auth"]);
  if (auth?.kind !== "map") return [];
  return auth.entries.flatMap(({ key: block, value }) =>
    value.kind !== "map" || block.startsWith("x-")
      ? []
      : value.entries.flatMap(({ key }) => listInBlock(context, block, key)),
  );
}

function listInBlock(context: RuleContext, block: string, key: string): Finding[] {
  const list = {
    allowed_users: "allowed",
    whitelist: "allowed",
    blocked_users: "banned",
    blacklist: "banned",
    admin_users: "admin",
  }[key];
  if (list === undefined) return [];
  const path = ["auth", block, key];
  if (block === "Authenticator") {
    const message = `\`auth.Authenticator.${key}\` does nothing: \`users.${list}\` holds these names.`;
    return [
      finding(context, "warning", "list-elsewhere", path, message, `Move the names to \`users.${list}\`.`),
    ];
  }
  const old = key === "whitelist" || key === "blacklist";
  const both = (context.written.users?.[list as (typeof lists)[number]] ?? []).length > 0;
  if (!old && !both) return [];
  const wins = both ? ` It wins over \`users.${list}\`, whose names do not count.` : "";
  const message = old
    ? `\`${key}\` is an old name for \`users.${list}\`.${wins}`
    : `\`${key}\` holds names.${wins}`;
  return [
    finding(context, "warning", "list-elsewhere", path, message, `Move the names to \`users.${list}\`.`),
  ];
}
