import type { Config } from "../../config/config.ts";
import type { ClassLimits } from "../../config/limits.ts";
import type { DesiredInputs } from "./desired-state.ts";

/** A slow machine may take this long to start a notebook server; a quick one takes one second. */
export const serverStartSeconds = 180;

/** hub.json: everything of the config that the hub reads at its start. A change here restarts the hub. */
export function hubJson(config: Config): string {
  const { cull } = config.services;
  return json({
    base_url: config.baseUrl,
    subdomain_host: config.subdomainHost ?? "",
    authenticator: { class: config.auth.class, traits: config.auth.traits },
    default_url: pageOf(config.userEnvironment.defaultApp),
    lean: config.userEnvironment.lean,
    debugger: config.userEnvironment.debugger,
    cull: {
      enabled: cull.enabled,
      timeout: cull.timeout,
      every: cull.every,
      concurrency: cull.concurrency,
      users: cull.users,
      max_age: cull.maxAge,
      remove_named_servers: cull.removeNamedServers,
      kernels: cull.kernels,
    },
    server_start_timeout: serverStartSeconds,
  });
}

const pages: Readonly<Record<string, string>> = { jupyterlab: "/lab", notebook: "/tree", classic: "/tree" };

/** The page that opens, as a path of the server. */
function pageOf(app: string): string {
  return pages[app] ?? app;
}

/**
 * roster.json: who may log in, as what, and with how much. The hub reads it again by itself whenever it changes;
 * homeroom-account@.service makes accounts by it.
 */
export function rosterJson(
  { users, auth, classroom }: Config,
  { common, others, reserve }: ClassLimits,
  { firstPasswords, classCode }: Pick<DesiredInputs, "firstPasswords" | "classCode">,
): string {
  const listed = new Set([...users.allowed, ...users.admin]);
  return json({
    allowed: users.allowed,
    admins: users.admin,
    banned: users.banned,
    open: users.open,
    groups: users.extraUserGroups,
    skel: classroom.skel,
    first_password: auth.firstPassword,
    class_code: classCode ?? null,
    first_passwords: Object.fromEntries(
      Object.entries(firstPasswords).filter(([name]) => users.open || listed.has(name)),
    ),
    memory_limit: common.memory.value,
    cpu_limit: common.cpu.value,
    memory_reserve: reserve,
    other_limits: Object.fromEntries(
      [...others].map(([name, { memory, cpu }]) => [name, [memory.value, cpu.value]]),
    ),
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}
