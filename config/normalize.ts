import { defaultAuthenticator, findAuthenticator, findClass } from "./authenticators.ts";
import type { Config, Json, Limits } from "./config.ts";
import type { WrittenConfig } from "./generated/written-config.ts";

type Traits = Record<string, Record<string, Json>>;

/** Fills in every default, those of TLJH where TLJH has the key, and brings the rest into one form. */
export function normalize(written: WrittenConfig, traits: Traits): Config {
  const { limits = {}, http = {}, https = {}, services = {}, environment = {} } = written;
  const cull = services.cull ?? {};
  return {
    baseUrl: normalBaseUrl(written.base_url ?? "/"),
    ...people(written, traits),
    limits: {
      memory: limits.memory === undefined ? "auto" : limits.memory,
      cpu: limits.cpu ?? null,
      tasks: limits.tasks === undefined ? 1024 : limits.tasks,
      reserve: limits.reserve ?? null,
      groups: mapValues(limits.groups ?? {}, limitsOf),
      users: mapValues(lowerCased(limits.users ?? {}), limitsOf),
    },
    http: {
      address: addressOf(http.address),
      port: http.port ?? 80,
      trustedProxies: unique((http.trusted_proxies ?? []).map(addressOf)),
    },
    https: httpsOf(https),
    alerts: { webhook: written.alerts?.webhook ?? null, command: written.alerts?.command ?? null },
    metrics: { enabled: written.metrics?.enabled ?? false },
    userEnvironment: {
      defaultApp: written.user_environment?.default_app ?? "jupyterlab",
      lean: written.user_environment?.lean ?? true,
      debugger: written.user_environment?.debugger ?? true,
    },
    environment: {
      manager: environment.manager ?? "venv",
      packages: (environment.packages ?? []).map((text) => text.trim()),
      apt: unique(environment.apt ?? []),
      sourcePackages: environment.source_packages ?? false,
      from: environment.from ?? null,
    },
    upgrade: { unattended: written.upgrade?.unattended ?? false, at: written.upgrade?.at ?? 4 },
    classroom: { skel: written.classroom?.skel ?? null },
    services: {
      cull: {
        enabled: cull.enabled ?? true,
        timeout: cull.timeout ?? 600,
        every: cull.every ?? 60,
        concurrency: cull.concurrency ?? 5,
        users: cull.users ?? false,
        maxAge: cull.max_age ?? 0,
        removeNamedServers: cull.remove_named_servers ?? false,
        kernels: cull.kernels ?? 0,
      },
    },
  };
}

/** `/a` and `/a/` are the same address; the hub wants the second. */
function normalBaseUrl(baseUrl: string): string {
  const inner = baseUrl.replace(/^\/+|\/+$/g, "");
  return inner === "" ? "/" : `/${inner}/`;
}

/** Sockets listen on addresses, and this is the one name that everybody means the same by. */
export function addressOf(written: string | undefined): string {
  return written === "localhost" ? "127.0.0.1" : (written ?? "");
}

function httpsOf(https: NonNullable<WrittenConfig["https"]>): Config["https"] {
  const tls = { key: https.tls?.key ?? "", cert: https.tls?.cert ?? "" };
  const letsencrypt = {
    email: https.letsencrypt?.email ?? "",
    domains: https.letsencrypt?.domains ?? [],
    staging: https.letsencrypt?.staging ?? false,
    server: https.letsencrypt?.server ?? "",
  };
  const enabled = https.enabled ?? false;
  const mode = !enabled ? "off" : tls.key !== "" || tls.cert !== "" ? "manual" : "letsencrypt";
  return {
    enabled,
    mode,
    address: addressOf(https.address),
    port: https.port ?? 443,
    tls,
    letsencrypt,
    hsts: https.hsts ?? false,
  };
}

function limitsOf({ memory, cpu, tasks }: Partial<Limits>): Partial<Limits> {
  return {
    ...(memory !== undefined && { memory }),
    ...(cpu !== undefined && { cpu }),
    ...(tasks !== undefined && { tasks }),
  };
}

/** JupyterHub takes names without regard to capitals. */
function lowerCased<Value>(people: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(people).map(([name, value]) => [name.toLowerCase(), value]));
}

function mapValues<From, To>(map: Record<string, From>, convert: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, convert(value)]));
}

/** Who may log in: `users`, and the lists in the chosen authenticator's block, which win over them as in TLJH. */
function people(written: WrittenConfig, traits: Traits): Pick<Config, "auth" | "users"> {
  const type = written.auth?.type ?? defaultAuthenticator;
  const found = findAuthenticator(type);
  const mro = findClass(found?.className ?? "")?.mro ?? [found?.className ?? "", "OAuthenticator"];
  const trait = (name: string): Json | undefined =>
    mro.map((className) => traits[className]?.[name]).find((value) => value !== undefined);
  const list = (names: readonly string[], otherwise: string[] | undefined): string[] => {
    const own = mro
      .filter((className) => className !== "Authenticator")
      .flatMap((className) => names.map((name) => traits[className]?.[name]))
      .find((value) => value !== undefined);
    return unique(Array.isArray(own) ? own.map(String) : (otherwise ?? []));
  };
  const users = written.users ?? {};
  const allowed = list(["whitelist", "allowed_users"], users.allowed);
  const firstUse = found?.class === defaultAuthenticator;
  const allowAll = trait("allow_all") ?? (firstUse && allowed.length === 0);
  const othersDecide = mro.some((name) =>
    Object.keys(traits[name] ?? {}).some((key) => key.startsWith("allow") && !movedLists.has(key)),
  );
  const openWithList = firstUse ? trait("allow_all") === true : allowAll === true || othersDecide;
  return {
    auth: {
      type,
      class: firstUse ? "firstuse" : (found?.class ?? type),
      traits: withoutMoved(traits),
      firstPassword: written.auth?.first_password ?? "own",
    },
    users: {
      allowed,
      banned: list(["blacklist", "blocked_users"], users.banned),
      admin: list(["admin_users"], users.admin),
      extraUserGroups: mapValues(users.extra_user_groups ?? {}, unique),
      open: firstUse
        ? allowAll === true && trait("create_users") === true
        : openWithList || allowed.length === 0,
      openWithList,
      keepHomes: users.keep_homes ?? 180,
    },
  };
}

/** Lists of people in authenticator blocks: they become `users`, which the hub reads without a restart. */
const movedLists = new Set(["whitelist", "blacklist", "allowed_users", "blocked_users", "admin_users"]);

function withoutMoved(traits: Traits): Traits {
  return mapValues(traits, (block) =>
    Object.fromEntries(Object.entries(block).filter(([name]) => !movedLists.has(name))),
  );
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
